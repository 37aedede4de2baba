package understudy.sync.plan;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.Optional;

/**
 * When the next run of a dataset is due. Pure timing: the caller starts the run and asks again
 * after it has ended, so that runs never overlap.
 */
public sealed interface SyncSchedule {

  /**
   * The instant from which the next run is due; one not after {@code now} means now. Runs that the
   * clock passed while another was running, or while the node was down, are made up for by one.
   *
   * @param lastStart when the last run started; empty when none ever did
   */
  default Instant nextDue(Optional<Instant> lastStart, Instant now) {
    if (lastStart.isEmpty() || lastStart.get().isAfter(now)) {
      return now; // never ran, or the wall clock went back: do not wait until it caught up
    }
    return after(lastStart.get());
  }

  /** The first instant on this schedule after a run that started then. */
  Instant after(Instant lastStart);

  /** As changes come: a run may start {@code atMostEvery} after the start of the one before. */
  record Continuous(Duration atMostEvery) implements SyncSchedule {
    public Continuous {
      positive(atMostEvery);
    }

    @Override
    public Instant after(Instant lastStart) {
      return lastStart.plus(atMostEvery);
    }
  }

  /**
   * Every {@code interval}, on the grid through {@code start} UTC. The grid is counted from the
   * epoch's first {@code start}, so intervals that do not divide a day keep their distance.
   */
  record Every(Duration interval, LocalTime start) implements SyncSchedule {
    public Every {
      positive(interval);
    }

    @Override
    public Instant after(Instant lastStart) {
      Instant origin = Instant.EPOCH.atOffset(ZoneOffset.UTC).with(start).toInstant();
      long stepMillis = Math.max(interval.toMillis(), 1);
      long passed = Math.floorDiv(lastStart.toEpochMilli() - origin.toEpochMilli(), stepMillis);
      return origin.plusMillis(Math.multiplyExact(passed + 1, stepMillis));
    }
  }

  /** At the times that cron would choose. */
  record Cron(CronTimes times) implements SyncSchedule {
    @Override
    public Instant after(Instant lastStart) {
      return times.after(lastStart);
    }
  }

  private static void positive(Duration duration) {
    if (duration.isZero() || duration.isNegative()) {
      throw new IllegalArgumentException("an interval is longer than zero, not " + duration);
    }
  }
}
