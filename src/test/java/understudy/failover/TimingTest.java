package understudy.failover;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** While two nodes may go by different times, the stricter of both hold on each. */
class TimingTest {
  private static final Timing FAST = timing(100, 4, 1_000, 800);
  private static final Timing USUAL = timing(500, 4, 3_000, 2_400);
  private static final Timing ODD = timing(300, 7, 2_150, 2_000);

  private static Timing timing(long interval, int failures, long timeout, long lease) {
    return new Timing(
        ofMillis(interval),
        failures,
        ofMillis(interval),
        ofMillis(timeout),
        ofMillis(lease),
        ofSeconds(60),
        ofSeconds(30),
        ofSeconds(60),
        ofSeconds(120));
  }

  @Test
  void aHolderStopsAsEarlyAsTheStricterAsksAndAWatcherWaitsAsLongAsTheMorePatient() {
    for (Timing one : List.of(FAST, USUAL, ODD)) {
      for (Timing other : List.of(FAST, USUAL, ODD)) {
        Timing both = one.alongside(other);

        assertThat(both.lease()).isLessThanOrEqualTo(one.lease());
        assertThat(both.lease()).isLessThanOrEqualTo(other.lease());
        assertThat(both.primaryTimeout()).isGreaterThanOrEqualTo(one.primaryTimeout());
        assertThat(both.primaryTimeout()).isGreaterThanOrEqualTo(other.primaryTimeout());
        assertThat(both.interval()).isLessThanOrEqualTo(one.interval());
        Duration patience = both.suspicion().plus(both.interval());
        assertThat(patience).isGreaterThan(one.suspicion()).isGreaterThan(other.suspicion());
      }
    }
  }

  @Test
  void equalTimesStayAsTheyAre() {
    assertThat(USUAL.alongside(USUAL)).isEqualTo(USUAL);
  }
}
