package understudy.node;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import understudy.config.DatasetConfig;
import understudy.sync.Schedules;
import understudy.sync.plan.SyncSchedule;
import understudy.time.Clock;

/** Verifies datasets by reading them again when their configuration says so. One thread each. */
final class Scrubs implements AutoCloseable {
  /** Slow enough to be unnoticed beside a service, fast enough for 4 TiB in a day. */
  static final long BYTES_PER_SECOND = 50L << 20;

  private static final long LONGEST_WAIT_MILLIS = 60_000;

  private final List<Thread> threads = new ArrayList<>();
  private final Clock clock;

  /** Reads one dataset again. */
  interface Reader {
    void read(String dataset);
  }

  Scrubs(List<DatasetConfig> datasets, Clock clock, Reader reader) {
    this.clock = clock;
    for (DatasetConfig dataset : datasets) {
      Optional<SyncSchedule> schedule = dataset.keeping().verify().map(Schedules::of);
      schedule.ifPresent(
          when ->
              threads.add(
                  Thread.ofPlatform()
                      .daemon()
                      .name("scrubs " + dataset.name())
                      .unstarted(() -> repeat(dataset.name(), when, reader))));
    }
  }

  void start() {
    threads.forEach(Thread::start);
  }

  private void repeat(String dataset, SyncSchedule when, Reader reader) {
    Instant last = clock.wall(); // a restart is no reason to read everything
    try {
      while (true) {
        Instant due = when.after(last);
        for (Instant now = clock.wall(); now.isBefore(due); now = clock.wall()) {
          Thread.sleep(Math.clamp(due.toEpochMilli() - now.toEpochMilli(), 1, LONGEST_WAIT_MILLIS));
        }
        last = clock.wall();
        reader.read(dataset);
      }
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    threads.forEach(Thread::interrupt);
  }
}
