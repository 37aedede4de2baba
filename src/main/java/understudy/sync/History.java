package understudy.sync;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import understudy.sync.plan.Generation;
import understudy.sync.plan.Hash;
import understudy.sync.plan.MalformedException;
import understudy.sync.plan.TreePath;

/**
 * The generations this node has stood on, oldest first. Those on its <em>line</em> are its head and
 * the head's ancestors; the others were left behind when it followed somebody else's line.
 */
final class History {
  /** How many generations are remembered; a follower further behind is no longer recognised. */
  static final int LONGEST = 100_000;

  /** How many changed paths are remembered of one capture. */
  static final int MOST_CHANGES = 10_000;

  private static final int DENSE = 64;
  private static final int LARGEST_SAMPLE = 192;

  private static final String GAP = "changes forgotten";
  private static final String FORGOTTEN = "(SELECT MAX(rowid) FROM changed) - " + 10 * MOST_CHANGES;

  private final Index index;

  History(Index index) {
    this.index = index;
  }

  Optional<Generation> head() throws IOException {
    return index.first(
        "SELECT record FROM generation WHERE lost = 0 ORDER BY seq DESC LIMIT 1",
        row -> decode(row.getBytes(1)));
  }

  /** Where on the line that generation stands; empty when it is not on it. */
  Optional<Long> place(Hash id) throws IOException {
    return index.first(
        "SELECT seq FROM generation WHERE id = ? AND lost = 0",
        row -> row.getLong(1),
        (Object) id.bytes());
  }

  /**
   * Ids of the line, newest first: the newest {@value #DENSE} ones, then ever wider apart, so that
   * a short list reaches far back.
   */
  List<Hash> sample() throws IOException {
    List<Hash> sample =
        new ArrayList<>(
            index.list(
                "SELECT id FROM generation WHERE lost = 0 ORDER BY seq DESC LIMIT " + DENSE,
                row -> Hash.of(row.getBytes(1), 0)));
    long skip = DENSE;
    while (sample.size() < LARGEST_SAMPLE) {
      Optional<Hash> older =
          index.first(
              "SELECT id FROM generation WHERE lost = 0 ORDER BY seq DESC LIMIT 1 OFFSET ?",
              row -> Hash.of(row.getBytes(1), 0),
              skip);
      if (older.isEmpty()) {
        return sample;
      }
      sample.add(older.get());
      skip += Math.max(1, skip / 8);
    }
    return sample;
  }

  /** The line newer than that place, oldest first without the head, at most the newest ones. */
  List<Generation> ancestorsAfter(long place, int most) throws IOException {
    List<Generation> newest =
        index.list(
            "SELECT record FROM generation WHERE lost = 0 AND seq > ? ORDER BY seq DESC LIMIT ?",
            row -> decode(row.getBytes(1)),
            place,
            most + 1);
    return newest.isEmpty() ? List.of() : newest.subList(1, newest.size()).reversed();
  }

  /** Makes it the head, its parent being the head so far. */
  void append(Generation generation) throws IOException {
    Hash id = generation.id();
    index.update("DELETE FROM generation WHERE id = ?", (Object) id.bytes());
    index.update(
        "INSERT INTO generation (id, record) VALUES (?, ?)", id.bytes(), generation.encode());
    index.update(
        "DELETE FROM generation WHERE seq <= (SELECT MAX(seq) FROM generation) - " + LONGEST);
  }

  /** Follows another line from {@code common} on; what is newer here is left behind. */
  void follow(long common, List<Generation> ancestors, Generation head) throws IOException {
    index.update("UPDATE generation SET lost = 1 WHERE seq > ?", common);
    for (Generation ancestor : ancestors) {
      append(ancestor);
    }
    append(head);
    index.update("DELETE FROM changed");
    index.removeFact(GAP);
  }

  /**
   * Remembers what a capture changed, for the day on which this line is left behind.
   *
   * @param isAll nothing else has changed
   */
  void recordChanges(List<TreePath> paths, boolean isAll) throws IOException {
    for (TreePath path : paths) {
      index.update(
          "INSERT INTO changed (seq, path) SELECT MAX(seq), ? FROM generation",
          (Object) path.bytes());
    }
    if (!isAll) {
      noteGap(place("SELECT MAX(seq) FROM generation"));
    }
    noteGap(place("SELECT MAX(seq) FROM changed WHERE rowid <= " + FORGOTTEN));
    index.update("DELETE FROM changed WHERE rowid <= " + FORGOTTEN);
  }

  private long place(String sql) throws IOException {
    return index.first(sql, row -> row.getLong(1)).orElse(0L); // of nothing: 0
  }

  /** Up to there not every change is remembered. */
  private void noteGap(long place) throws IOException {
    if (place > gap()) {
      index.setFact(GAP, Dataset.bytes(Long.toString(place)));
    }
  }

  private long gap() throws IOException {
    return index
        .fact(GAP)
        .map(place -> Long.parseLong(new String(place, StandardCharsets.US_ASCII)))
        .orElse(0L);
  }

  /**
   * What this node's own captures newer than that place changed; empty when it is more than is
   * remembered: anything may be of this node then.
   */
  Optional<List<TreePath>> changesAfter(long place) throws IOException {
    List<TreePath> changes = someChangesAfter(place);
    return gap() > place || changes.size() > MOST_CHANGES ? Optional.empty() : Optional.of(changes);
  }

  /** The same as far as it is remembered, to name some. */
  List<TreePath> someChangesAfter(long place) throws IOException {
    return index.list(
        "SELECT DISTINCT path FROM changed WHERE seq > ? LIMIT " + (MOST_CHANGES + 1),
        row -> path(row.getBytes(1)),
        place);
  }

  static Generation decode(byte[] record) throws IOException {
    try {
      return Generation.decode(record);
    } catch (MalformedException damaged) {
      throw new IOException("the sync index is damaged: " + damaged.getMessage(), damaged);
    }
  }

  static TreePath path(byte[] bytes) throws IOException {
    try {
      return TreePath.received(bytes);
    } catch (MalformedException damaged) {
      throw new IOException("the sync index is damaged: " + damaged.getMessage(), damaged);
    }
  }
}
