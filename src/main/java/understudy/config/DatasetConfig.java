package understudy.config;

import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalTime;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import understudy.sync.plan.CronTimes;

/**
 * One directory tree that the standby keeps a copy of.
 *
 * @param name unique in the cluster, shape of a {@link understudy.failover.NodeName}
 * @param path absolute, the same on every node
 * @param keeping what a sync must not lose, and when it stops to ask
 * @param limit how fast a standby may receive it
 */
public record DatasetConfig(
    String name, Path path, Schedule every, Selection selection, Keeping keeping, Limit limit) {
  /** With the usual care. */
  public DatasetConfig(String name, Path path, Schedule every, Selection selection) {
    this(name, path, every, selection, Keeping.USUAL, Limit.NONE);
  }

  /**
   * What of the tree belongs to the dataset.
   *
   * @param exclude globs relative to the root ({@code **} crosses directories); what matches is
   *     neither copied nor deleted
   * @param include what is copied all the same
   */
  public record Selection(List<String> exclude, List<String> include) {
    public static final Selection EVERYTHING = new Selection(List.of(), List.of());

    public Selection {
      exclude = List.copyOf(exclude);
      include = List.copyOf(include);
    }
  }

  /** What becomes of the two sides' content. */
  public enum Mode {
    /** The standby becomes what the active node has. */
    MIRROR,
    /** Both sides get what either has; for content that is only ever added to. */
    MERGE
  }

  /**
   * What a sync must not lose, and when it stops to ask.
   *
   * @param keepFor how long overwritten and deleted content stays restorable
   * @param keepBytes at most so much of it, the oldest goes first; empty: no such limit
   * @param maxDelete the share of entries, above 0 and up to 1, beyond which a sync asks
   * @param verify when both sides re-read everything and compare; empty: only by hand
   */
  public record Keeping(
      Mode mode,
      Duration keepFor,
      OptionalLong keepBytes,
      double maxDelete,
      Optional<Schedule> verify) {
    public static final Keeping USUAL =
        new Keeping(Mode.MIRROR, Duration.ofDays(7), OptionalLong.empty(), 0.5, Optional.empty());
  }

  /** When a sync starts by itself. */
  public sealed interface Schedule {
    /** As changes come, at most one generation in {@code atMostEvery}. */
    record Continuous(Duration atMostEvery) implements Schedule {}

    /** Every {@code interval}, counted from {@code start} UTC. */
    record Every(Duration interval, LocalTime start) implements Schedule {}

    /** At the times that cron would choose. */
    record Cron(CronTimes times) implements Schedule {}
  }
}
