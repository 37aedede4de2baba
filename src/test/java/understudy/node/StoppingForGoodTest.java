package understudy.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import understudy.failover.Term;
import understudy.resource.Condition;
import understudy.resource.Outcome;
import understudy.resource.Readiness;
import understudy.resource.Resource;
import understudy.resource.assembly.ResourceSet;
import understudy.resource.gate.AbsentGate;
import understudy.time.Clock;
import understudy.time.SystemClock;

/** The service ends with its daemon. */
class StoppingForGoodTest {
  private static final Duration SOON = Duration.ofSeconds(10);

  private final BlockingQueue<String> deeds = new LinkedBlockingQueue<>();

  /** Tells what it is told to do. */
  private final class Told implements Resource {
    @Override
    public String name() {
      return "service";
    }

    @Override
    public Outcome start(Term term, Duration within) {
      deeds.add("start");
      return new Outcome.Done("started");
    }

    @Override
    public Outcome stop(Duration within) {
      deeds.add("stop");
      return new Outcome.Done("stopped");
    }

    @Override
    public Condition check() {
      return new Condition.Stopped("as told");
    }

    @Override
    public List<Readiness> readiness() {
      return List.of();
    }

    @Override
    public void release() {}
  }

  @Test
  void whatStopsForGoodIsNotStartedAgainByWhoFindsItStopped() throws Exception {
    Clock clock = new SystemClock();
    var resources =
        new ResourceSet(List.of(new Told()), AbsentGate.notAvailable("a test", "nothing"));
    try (var driver = new ResourceDriver(resources, new Inbox(), clock, _ -> {})) {
      driver.start(new Term(1), SOON);
      assertThat(next()).isEqualTo("start");

      driver.stopForGood(SOON);
      assertThat(next()).isEqualTo("stop");

      driver.restart("service", SOON);
      driver.stop(SOON);
      assertThat(next()).isEqualTo("stop");
      assertThat(deeds).isEmpty();
    }
  }

  @Test
  void aStartThatIsDecidedMeanwhileDoesNotHappen() throws Exception {
    Clock clock = new SystemClock();
    var resources =
        new ResourceSet(List.of(new Told()), AbsentGate.notAvailable("a test", "nothing"));
    try (var driver = new ResourceDriver(resources, new Inbox(), clock, _ -> {})) {
      driver.stopForGood(SOON);
      RunningNodes.await("the stop is over", () -> driver.isAtRestSince(driver.carriedOut()));
      int carriedOut = driver.carriedOut();

      driver.start(new Term(1), SOON);

      assertThat(driver.isAtRestSince(carriedOut)).isTrue();
      assertThat(deeds).containsExactly("stop");
    }
  }

  private String next() throws InterruptedException {
    return String.valueOf(deeds.poll(SOON.toSeconds(), TimeUnit.SECONDS));
  }
}
