package understudy.sync;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import understudy.sync.plan.ByteReader;
import understudy.sync.plan.ByteWriter;
import understudy.sync.plan.Generation;
import understudy.sync.plan.MalformedException;
import understudy.sync.plan.TreePath;

/**
 * What somebody else than a sync wrote to this tree while it exactly followed another node. Kept in
 * the index, so a question that it led to is still there after a restart. Held lock.
 */
final class ForeignWrites {
  /** This tree follows another node and nobody else should write to it. */
  private static final String FOLLOWING = "following";

  /** Somebody else did; the value: some of the paths. */
  private static final String FOREIGN = "foreign";

  private final String dataset;
  private final Index index;
  private final History history;

  ForeignWrites(String dataset, Index index, History history) {
    this.dataset = dataset;
    this.index = index;
    this.history = history;
  }

  /** Nobody but syncs should write to this tree. */
  static boolean isWatched(Index index) throws IOException {
    return index.fact(FOLLOWING).isPresent();
  }

  /** From now on every write to this tree is somebody else's; as far as it holds the generation. */
  void watch(boolean isExact) throws IOException {
    if (isExact) {
      index.setFact(FOLLOWING, new byte[] {1});
    } else {
      index.removeFact(FOLLOWING);
    }
  }

  /** From now on writes to this tree are the service's own. Does not commit. */
  void rest() throws IOException {
    index.removeFact(FOLLOWING);
    index.removeFact(FOREIGN);
  }

  /** What has changed after that generation somebody else wrote. */
  void noteAfter(Generation before) throws IOException {
    long place = history.place(before.id()).orElse(0L);
    ByteWriter paths = new ByteWriter(1024);
    history.someChangesAfter(place).stream()
        .limit(SyncRefused.Asked.MOST_PATHS)
        .forEach(path -> paths.shortBytes(path.bytes()));
    index.setFact(FOREIGN, paths.bytes());
    index.commit();
  }

  /** Refuses while what somebody else wrote to this standby is not accepted. */
  void check(boolean isAccepted) throws IOException {
    Optional<byte[]> foreign = index.fact(FOREIGN);
    if (foreign.isEmpty()) {
      return;
    }
    if (isAccepted) {
      index.removeFact(FOREIGN);
      index.commit();
      return;
    }
    List<String> paths = new ArrayList<>();
    try {
      ByteReader reader = new ByteReader(foreign.get());
      while (reader.hasMore()) {
        paths.add(TreePath.received(reader.shortBytes()).toString());
      }
    } catch (MalformedException damaged) {
      throw new IOException("the sync index is damaged: " + damaged.getMessage(), damaged);
    }
    throw new SyncRefused(
        SyncRefused.Code.FOREIGN_WRITES,
        "dataset '%s': somebody else wrote to this standby: %s"
            .formatted(dataset, String.join(", ", paths.stream().limit(5).toList())),
        "find out who; then: understudy sync answer "
            + dataset
            + " --accept (what they wrote is kept in salvage, and the sync goes on)",
        new SyncRefused.Asked(
            0, history.head().map(head -> head.totals().entries()).orElse(0L), paths));
  }
}
