package understudy.demo.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import understudy.time.Moment;

class TraceTest {
  /** Writes at 10, 20, 30 ms by alpha, at 530 ms by beta, at 540 ms by alpha again. */
  private static final Trace TRACE =
      trace("alpha 10", "alpha 20", "alpha 30", "beta 530", "alpha 540");

  @Test
  void theOutageIsTheLongestSilenceInTheWindow() {
    assertThat(TRACE.outage(at(0), at(545))).isEqualTo(Duration.ofMillis(500));
    assertThat(TRACE.outage(at(0), at(35))).isEqualTo(Duration.ofMillis(10));
  }

  @Test
  void aSilenceThatBeganBeforeTheWindowCountsWhole() {
    assertThat(TRACE.outage(at(200), at(545))).isEqualTo(Duration.ofMillis(500));
  }

  @Test
  void aSilenceThatLastsCountsToTheEndOfTheWindow() {
    assertThat(TRACE.outage(at(0), at(2540))).isEqualTo(Duration.ofSeconds(2));
    assertThat(trace().outage(at(100), at(400))).isEqualTo(Duration.ofMillis(300));
  }

  @Test
  void theNodesThatServedAreNamedInOrder() {
    assertThat(TRACE.servedBy(at(0), at(600))).containsExactly("alpha", "beta", "alpha");
    assertThat(TRACE.servedBy(at(25), at(535))).containsExactly("alpha", "beta");
  }

  @Test
  void aWriteIsLostWhenTheSameNumberCameFromAnotherRun() {
    Trace trace = trace("alpha 10", "alpha 20");
    Set<WrittenNumber> ledger =
        Set.of(new WrittenNumber(1, "alpha", "run"), new WrittenNumber(2, "alpha", "later"));
    assertThat(trace.missingFrom(ledger, at(0), at(30)))
        .containsExactly(new Acknowledged(new WrittenNumber(2, "alpha", "run"), at(20)));
    assertThat(trace.missingFrom(ledger, at(0), at(15))).isEmpty();
  }

  private static Trace trace(String... writes) {
    return new Trace(
        IntStream.range(0, writes.length)
            .mapToObj(index -> write(index + 1, writes[index].split(" ", 2)))
            .toList());
  }

  private static Acknowledged write(int number, String[] nodeAndMillis) {
    return new Acknowledged(
        new WrittenNumber(number, nodeAndMillis[0], "run"), at(Integer.parseInt(nodeAndMillis[1])));
  }

  private static Moment at(int millis) {
    return new Moment(0).plus(Duration.ofMillis(millis));
  }
}
