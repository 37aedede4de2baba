package understudy.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import understudy.linux.RealTime.Scheduling;

/**
 * What is started runs as ordinary threads do, whoever starts it, and the starter stays what it
 * was.
 */
class PromptStartTest {
  private static Scheduling seenBy(Runnable before) throws Exception {
    var task =
        new FutureTask<>(
            () -> {
              before.run();
              var started = new FutureTask<>(RealTime::ofThisThread);
              PromptStart.start(Thread.ofPlatform().name("started"), started).join();
              return List.of(started.get(), RealTime.ofThisThread());
            });
    Thread.ofPlatform().start(task);
    List<Scheduling> seen = new ArrayList<>(task.get());
    assertThat(seen.getFirst()).isEqualTo(Scheduling.ORDINARY);
    return seen.getLast();
  }

  @Test
  void anOrdinaryThreadStaysOrdinary() throws Exception {
    assertThat(seenBy(() -> {})).isEqualTo(Scheduling.ORDINARY);
  }

  @Test
  void anUrgentThreadStaysUrgentAndWhatItStartsIsNot() throws Exception {
    Scheduling starter = seenBy(() -> assertThat(RealTime.forThisThread(5)).isEmpty());
    assertThat(starter.priority()).isEqualTo(5);
  }

  @Test
  void whatIsStartedIsUrgentUntilItRuns() throws Exception {
    var task =
        new FutureTask<>(
            () -> {
              var started = new FutureTask<>(RealTime::ofThisThread);
              Thread plain = Thread.ofPlatform().unstarted(started);
              PromptStart.during(plain::start); // not of the factory, so it keeps what it inherits
              plain.join();
              return started.get();
            });
    Thread.ofPlatform().start(task);
    assertThat(task.get()).isEqualTo(new Scheduling(RealTime.SCHED_FIFO, 1));
  }
}
