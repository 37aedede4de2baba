package understudy.sync;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import understudy.sync.plan.Generation;

/** How a run ended. */
public sealed interface SyncResult {
  Run run();

  /**
   * What a run did.
   *
   * @param files fetched or copied
   * @param bytes of their content
   * @param removed entries that went without something in their place
   * @param wireBytes sent and received, framing included, encryption not
   */
  record Run(
      String dataset,
      Instant start,
      Instant end,
      long files,
      long bytes,
      long removed,
      long wireBytes) {}

  /** The standby already was at the source's generation. */
  record Unchanged(Run run, Generation generation) implements SyncResult {}

  /** The standby is at this generation now. */
  record Done(Run run, Generation generation, Optional<Divergence> diverged)
      implements SyncResult {}

  /**
   * The standby is at this generation now, but some paths keep an older version, or lack something
   * that this node cannot hold.
   *
   * @param problems one sentence per path, at most {@link #MOST_PROBLEMS}
   * @param problemCount how many there are in all
   */
  record DoneWithProblems(
      Run run,
      Generation generation,
      Optional<Divergence> diverged,
      List<String> problems,
      long problemCount)
      implements SyncResult {
    public static final int MOST_PROBLEMS = 100;
  }

  /**
   * Nothing has changed on the standby; {@code fix} says what to do. With {@code asked} it waits
   * for a person.
   */
  record Failed(
      Run run, SyncRefused.Code code, String reason, String fix, Optional<SyncRefused.Asked> asked)
      implements SyncResult {}

  /**
   * What only this node had: changes of its own since it and the source went different ways. They
   * are in the undo area now.
   *
   * @param paths at most {@link #MOST_PATHS}
   * @param count how many there are in all
   */
  record Divergence(List<String> paths, long count) {
    public static final int MOST_PATHS = 1000;
  }
}
