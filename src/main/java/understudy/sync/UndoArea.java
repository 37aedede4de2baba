package understudy.sync;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import understudy.linux.Directory;
import understudy.linux.SystemCallException;
import understudy.sync.plan.Entry;
import understudy.sync.plan.Hash;
import understudy.sync.plan.TreePath;

/**
 * What runs took away: {@code .understudy/undo/<run>/<slot>}, and a row in the index that says what
 * it was. A row stands before its content arrives; a row without content is not listed.
 */
final class UndoArea {
  private final String dataset;
  private final Index index;
  private final Effects effects;

  UndoArea(String dataset, Index index, Effects effects) {
    this.dataset = dataset;
    this.index = index;
    this.effects = effects;
  }

  /** The number for a run; numbers are never used twice. */
  int nextRun() throws IOException {
    int run = index.fact("run").map(UndoArea::number).orElse(0) + 1;
    index.setFact("run", Integer.toString(run).getBytes(StandardCharsets.US_ASCII));
    return run;
  }

  private static int number(byte[] text) {
    return Integer.parseInt(new String(text, StandardCharsets.US_ASCII));
  }

  static byte[] label(int run) {
    return Reserved.ascii(Integer.toString(run));
  }

  /** Notes what will lie in a slot. */
  void note(int run, String slot, TreePath path, Entry old, Instant at, @Nullable Hash generation)
      throws IOException {
    index.update(
        "INSERT OR REPLACE INTO undone (run, slot, path, kind, entries, bytes, at, generation)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        run,
        slot,
        path.bytes(),
        kind(old),
        old.totals().entries(),
        old.totals().bytes(),
        at.toEpochMilli(),
        generation == null ? null : generation.bytes());
  }

  private static String kind(Entry entry) {
    return switch (entry) {
      case Entry.File _ -> "file";
      case Entry.Subtree _ -> "directory";
      case Entry.Symlink _ -> "symlink";
      case Entry.Special special -> special.kind().name().toLowerCase(java.util.Locale.ROOT);
      case Entry.Withheld _ -> "unknown";
    };
  }

  void forget(int run) throws IOException {
    index.update("DELETE FROM undone WHERE run = ?", run);
  }

  private record Row(Undone undone, int run, String slot) {}

  private List<Row> rows() throws IOException {
    return index.list(
        "SELECT id, path, kind, entries, bytes, at, generation, run, slot FROM undone ORDER BY id",
        row -> {
          byte[] generation = row.getBytes(7);
          return new Row(
              new Undone(
                  row.getLong(1),
                  dataset,
                  History.path(row.getBytes(2)),
                  row.getString(3),
                  row.getLong(4),
                  row.getLong(5),
                  Instant.ofEpochMilli(row.getLong(6)),
                  generation == null ? Optional.empty() : Optional.of(Hash.of(generation, 0))),
              row.getInt(8),
              row.getString(9));
        });
  }

  private static byte[] place(Row row) {
    return (row.run() + "/" + row.slot()).getBytes(StandardCharsets.US_ASCII);
  }

  /** What can be had back, oldest first. */
  List<Undone> list(Directory area) throws IOException {
    List<Undone> undone = new ArrayList<>();
    if (area.find(Reserved.UNDO).isPresent()) {
      try (Directory undo = area.directory(Reserved.UNDO)) {
        for (Row row : rows()) {
          if (undo.find(place(row)).isPresent()) {
            undone.add(row.undone());
          }
        }
      }
    }
    return undone;
  }

  /** The path below the reserved area under which that content lies. */
  Optional<String> location(long id) throws IOException {
    return rows().stream()
        .filter(row -> row.undone().id() == id)
        .map(row -> "undo/" + row.run() + "/" + row.slot())
        .findFirst();
  }

  /** Removes whole runs whose content is older than {@code retention}. */
  void prune(Directory area, Duration retention, Instant now) throws IOException {
    long before = now.minus(retention).toEpochMilli();
    List<Integer> old =
        index.list(
            "SELECT run FROM undone GROUP BY run HAVING MAX(at) < ?", row -> row.getInt(1), before);
    try (Directory undo = Reserved.ensure(area, Reserved.UNDO)) {
      for (int run : old) {
        effects.before("prune undo");
        Reserved.removeAll(undo, label(run));
        forget(run);
      }
      removeUnused(undo);
    }
    index.commit();
  }

  /** Removes the places of runs that took nothing away. */
  private void removeUnused(Directory undo) throws IOException {
    for (byte[] name : undo.names()) {
      boolean isUsed =
          index
              .first(
                  "SELECT 1 FROM undone WHERE CAST(run AS TEXT) = ? LIMIT 1",
                  row -> true,
                  new String(name, StandardCharsets.ISO_8859_1))
              .isPresent();
      if (!isUsed) {
        try {
          undo.removeDirectory(name);
        } catch (SystemCallException kept) {
          if (kept.error() != SystemCallException.NOT_EMPTY
              && kept.error() != SystemCallException.NOT_A_DIRECTORY) {
            throw kept;
          }
          // content without a row is nobody's to delete
        }
      }
    }
  }
}
