package understudy.demo.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import understudy.time.Moment;

class WatchTest {
  private final Watch watch = new Watch();

  @Test
  void twoNodesThatAnswerInTurnAreNeverDual() {
    answers("alpha", 0, 500);
    answers("beta", 510, 900);
    assertThat(watch.dual(at(0), at(1000))).isZero();
    assertThat(watch.answeringIn(at(0), at(1000))).containsExactly("alpha", "beta");
    assertThat(watch.answeringIn(at(600), at(1000))).containsExactly("beta");
  }

  @Test
  void theTimeThatTwoNodesAnswerAtOnceIsCounted() {
    answers("alpha", 0, 500);
    answers("beta", 400, 900);
    assertThat(watch.dual(at(0), at(1000))).isEqualTo(Duration.ofMillis(100));
    assertThat(watch.dual(at(450), at(1000))).isEqualTo(Duration.ofMillis(50));
  }

  @Test
  void aNodeThatWasSilentForAWhileDidNotServeMeanwhile() {
    answers("alpha", 0, 200);
    answers("alpha", 600, 900);
    answers("beta", 210, 590);
    assertThat(watch.dual(at(0), at(1000))).isZero();
  }

  @Test
  void threeNodesAtOnceCountOnce() {
    answers("alpha", 0, 300);
    answers("beta", 100, 300);
    answers("gamma", 200, 400);
    assertThat(watch.dual(at(0), at(1000))).isEqualTo(Duration.ofMillis(200));
  }

  @Test
  void anAnswerThatTheClientSawLateIsNoProofOfTwoAtOnce() {
    answers("alpha", 0, 500);
    watch.answered("alpha", at(505), at(650));
    answers("beta", 510, 900);
    assertThat(watch.dual(at(0), at(1000))).isZero();
  }

  @Test
  void theLongestSilenceOfANodeIsKnownAlsoWhenItIsAtTheEdges() {
    answers("alpha", 100, 300);
    answers("alpha", 550, 900);
    assertThat(watch.silence("alpha", at(0), at(1000))).isEqualTo(Duration.ofMillis(250));
    assertThat(watch.silence("alpha", at(0), at(1300))).isEqualTo(Duration.ofMillis(400));
    assertThat(watch.silence("alpha", at(600), at(800))).isEqualTo(Duration.ofMillis(10));
    assertThat(watch.silence("beta", at(0), at(500))).isEqualTo(Duration.ofMillis(500));
  }

  private void answers(String node, int fromMillis, int toMillis) {
    for (int millis = fromMillis; millis <= toMillis; millis += 10) {
      watch.answered(node, at(millis), at(millis));
    }
  }

  private static Moment at(int millis) {
    return new Moment(0).plus(Duration.ofMillis(millis));
  }
}
