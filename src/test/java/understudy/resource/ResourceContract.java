package understudy.resource;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import understudy.failover.Term;

/** What every resource promises, whatever it is. Its mandate, if it needs one, is valid. */
public interface ResourceContract {
  Duration SOON = Duration.ofSeconds(5);
  Term TERM = new Term(7);

  /** A resource that is not started; the same object at every call. */
  Resource resource();

  /** Runs the work where the resource lives. */
  default <T> T there(Callable<T> work) throws Exception {
    return work.call();
  }

  @Test
  default void isStoppedBeforeItIsStarted() throws Exception {
    assertThat(there(() -> resource().check())).isInstanceOf(Condition.Stopped.class);
  }

  @Test
  default void isReadyHere() throws Exception {
    assertThat(there(() -> resource().readiness()))
        .isNotEmpty()
        .allSatisfy(it -> assertThat(it.result()).isEqualTo(Readiness.Result.PASS));
  }

  @Test
  default void startingIsConfirmedByTheCheck() throws Exception {
    assertThat(there(() -> resource().start(TERM, SOON))).isInstanceOf(Outcome.Done.class);
    assertThat(there(() -> resource().check())).isInstanceOf(Condition.Started.class);
  }

  @Test
  default void startingTwiceIsHarmless() throws Exception {
    there(() -> resource().start(TERM, SOON));
    String first = there(() -> resource().check()).word();
    assertThat(there(() -> resource().start(TERM, SOON))).isInstanceOf(Outcome.Done.class);
    assertThat(there(() -> resource().check()).word()).isEqualTo(first);
  }

  @Test
  default void stoppingIsConfirmedByTheCheck() throws Exception {
    there(() -> resource().start(TERM, SOON));
    assertThat(there(() -> resource().stop(SOON))).isInstanceOf(Outcome.Done.class);
    assertThat(there(() -> resource().check())).isInstanceOf(Condition.Stopped.class);
  }

  @Test
  default void stoppingWhatIsNotThereIsHarmless() throws Exception {
    assertThat(there(() -> resource().stop(SOON))).isInstanceOf(Outcome.Done.class);
    assertThat(there(() -> resource().stop(SOON))).isInstanceOf(Outcome.Done.class);
  }

  @Test
  default void startsAgainAfterItWasStopped() throws Exception {
    there(() -> resource().start(TERM, SOON));
    there(() -> resource().stop(SOON));
    assertThat(there(() -> resource().start(TERM, SOON))).isInstanceOf(Outcome.Done.class);
    assertThat(there(() -> resource().check())).isInstanceOf(Condition.Started.class);
  }

  @Test
  default void outlivesItsObject() throws Exception {
    there(() -> resource().start(TERM, SOON));
    resource().release();
    assertThat(there(() -> resource().check())).isInstanceOf(Condition.Started.class);
    assertThat(there(() -> resource().stop(SOON))).isInstanceOf(Outcome.Done.class);
  }
}
