package understudy.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import understudy.heartbeat.Order.Word;
import understudy.time.Moment;

class OrderTest {
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private static Moment millis(long millis) {
    return new Moment(millis * 1_000_000);
  }

  @Test
  void whatWasOvertakenOnAnotherPathIsOld() {
    var order = new Order(() -> PATIENCE);

    assertThat(order.hear(1, 1, false, millis(0))).isEqualTo(Word.NEW);
    assertThat(order.hear(1, 3, false, millis(1))).isEqualTo(Word.NEW);
    assertThat(order.hear(1, 2, false, millis(2))).isEqualTo(Word.OLD);
    assertThat(order.hear(1, 3, false, millis(3))).isEqualTo(Word.OLD);
    assertThat(order.hear(1, 4, false, millis(4))).isEqualTo(Word.NEW);
  }

  @Test
  void aFormerLifeIsOldHoweverHighItHadCountedAndHoweverLongItsSuccessorIsSilent() {
    var order = new Order(() -> PATIENCE);

    assertThat(order.hear(1, 1_000, false, millis(0))).isEqualTo(Word.NEW);
    assertThat(order.hear(2, 1, false, millis(1_000))).isEqualTo(Word.NEW);
    assertThat(order.hear(1, 1_001, false, millis(1_001))).isEqualTo(Word.OLD);
    assertThat(order.hear(2, 2, false, millis(1_002))).isEqualTo(Word.NEW);
    assertThat(order.hear(1, 1_000, false, millis(9_000))).isEqualTo(Word.OLD);
    assertThat(order.hear(1, 1_002, false, millis(9_001))).isNotEqualTo(Word.NEW);
  }

  @Test
  void ofTwoMachinesThatSpeakByTurnsAsOnePeerOnlyTheKnownIsHeard() {
    var order = new Order(() -> PATIENCE);
    order.hear(1, 1, false, millis(0));

    assertThat(order.hear(2, 1, false, millis(100))).isEqualTo(Word.OLD);
    assertThat(order.hear(1, 2, false, millis(500))).isEqualTo(Word.NEW);
    assertThat(order.hear(2, 2, false, millis(600))).isEqualTo(Word.TWIN);
    assertThat(order.hear(1, 3, false, millis(1_000))).isEqualTo(Word.NEW);
    assertThat(order.hear(2, 3, false, millis(1_100))).isEqualTo(Word.TWIN);
  }

  @Test
  void aRestartedPeerIsHeardOnceItsFormerLifeWasSilentForLongEnough() {
    var order = new Order(() -> PATIENCE);
    order.hear(1, 7, false, millis(0));

    assertThat(order.hear(2, 1, false, millis(400))).isEqualTo(Word.OLD);
    assertThat(order.hear(2, 2, false, millis(900))).isEqualTo(Word.OLD);
    assertThat(order.hear(2, 3, false, millis(1_400))).isEqualTo(Word.NEW);
  }

  @Test
  void aRestartedPeerThatMayServeIsGlimpsedMeanwhile() {
    var order = new Order(() -> PATIENCE);
    order.hear(1, 7, true, millis(0));

    assertThat(order.hear(2, 1, true, millis(400))).isEqualTo(Word.GLIMPSE);
    assertThat(order.hear(2, 2, false, millis(900))).isEqualTo(Word.OLD);
    assertThat(order.hear(2, 3, true, millis(1_400))).isEqualTo(Word.NEW);
    assertThat(order.hear(1, 8, true, millis(1_401))).isEqualTo(Word.OLD);
  }
}
