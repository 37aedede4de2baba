package understudy.config;

import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalTime;
import java.util.List;

/**
 * One directory tree that the standby keeps a copy of.
 *
 * @param name unique in the cluster, shape of a {@link understudy.failover.NodeName}
 * @param path absolute, the same on every node
 * @param exclude globs relative to the root ({@code **} crosses directories); what matches is
 *     neither copied nor deleted
 */
public record DatasetConfig(String name, Path path, Schedule every, List<String> exclude) {
  public DatasetConfig {
    exclude = List.copyOf(exclude);
  }

  /** When a sync starts by itself. */
  public sealed interface Schedule {
    /** As changes come, at most one generation in {@code atMostEvery}. */
    record Continuous(Duration atMostEvery) implements Schedule {}

    /** Every {@code interval}, counted from {@code start} UTC. */
    record Every(Duration interval, LocalTime start) implements Schedule {}
  }
}
