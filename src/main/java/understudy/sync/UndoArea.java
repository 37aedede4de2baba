package understudy.sync;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import understudy.linux.Directory;
import understudy.linux.SystemCallException;
import understudy.sync.plan.ByteReader;
import understudy.sync.plan.ByteWriter;
import understudy.sync.plan.Entry;
import understudy.sync.plan.Hash;
import understudy.sync.plan.MalformedException;
import understudy.sync.plan.PastView;
import understudy.sync.plan.TreePath;

/**
 * What runs took away: {@code .understudy/undo/<run>/<slot>}, and a row in the index that says what
 * it was. A row stands before its content arrives; a row without content is not listed. A row of
 * kind {@value #ABSENT} says that nothing was there before, one of kind {@value #MOVED} that a
 * directory went elsewhere as it was; both are only for views of the past.
 */
final class UndoArea {
  static final String ABSENT = "absent";
  static final String MOVED = "moved";

  private static final Logger LOG = LoggerFactory.getLogger(UndoArea.class);
  private static final int PRUNED_AT_ONCE = 1000;
  private static final Duration BETWEEN_WARNINGS = Duration.ofHours(1);
  private static final String HAS_CONTENT = "kind NOT IN ('" + ABSENT + "', '" + MOVED + "')";
  private static final String COLUMNS = "id, path, kind, entries, bytes, at, generation, run, slot";

  private final String dataset;
  private final Index index;
  private final Effects effects;
  private final Map<Integer, Integer> inUse;
  private Instant quietUntil = Instant.MIN;

  UndoArea(String dataset, Index index, Effects effects) throws IOException {
    this(dataset, index, effects, new ConcurrentHashMap<>());
    index.update(
        "CREATE TABLE IF NOT EXISTS own_change (run INTEGER NOT NULL, path BLOB NOT NULL)");
    index.update("CREATE INDEX IF NOT EXISTS own_change_by_run ON own_change (run)");
    index.update("CREATE INDEX IF NOT EXISTS undone_by_time ON undone (at)");
    index.update("CREATE INDEX IF NOT EXISTS undone_by_path ON undone (path)");
    index.commit();
  }

  private UndoArea(String dataset, Index index, Effects effects, Map<Integer, Integer> inUse) {
    this.dataset = dataset;
    this.index = index;
    this.effects = effects;
    this.inUse = inUse;
  }

  /** The same area, read through a snapshot of the index. */
  UndoArea seenBy(Index snapshot) {
    return new UndoArea(dataset, snapshot, effects, inUse);
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
    note(run, slot, path, kind(old), old.totals().entries(), old.totals().bytes(), at, generation);
  }

  /** Notes that nothing was at that path before. */
  void noteAbsence(int run, String slot, TreePath path, Instant at, Hash generation)
      throws IOException {
    note(run, slot, path, ABSENT, 0, 0, at, generation);
  }

  /** Notes that a directory goes to another place as it is. */
  void noteMove(
      int run, String slot, TreePath path, TreePath to, Instant at, @Nullable Hash generation)
      throws IOException {
    note(run, slot, path, MOVED, 0, 0, at, generation);
    index.update(
        "INSERT OR REPLACE INTO moved (run, slot, target) VALUES (?, ?, ?)", run, slot, to.bytes());
  }

  /** Where a directory went. */
  TreePath target(Row row) throws IOException {
    return index
        .first(
            "SELECT target FROM moved WHERE run = ? AND slot = ?",
            found -> History.path(found.getBytes(1)),
            row.run(),
            row.slot())
        .orElseThrow(() -> new IOException("the sync index is damaged: a move lacks its target"));
  }

  private void note(
      int run,
      String slot,
      TreePath path,
      String kind,
      long entries,
      long bytes,
      Instant at,
      @Nullable Hash generation)
      throws IOException {
    index.update(
        "INSERT OR REPLACE INTO undone (run, slot, path, kind, entries, bytes, at, generation)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        run,
        slot,
        path.bytes(),
        kind,
        entries,
        bytes,
        at.toEpochMilli(),
        generation == null ? null : generation.bytes());
  }

  /** Notes that a slot holds only the blocks that a patch replaced. */
  void notePatch(int run, String slot, FilePatch patch) throws IOException {
    ByteWriter writer = new ByteWriter(4096);
    patch.write(writer);
    index.update(
        "INSERT OR REPLACE INTO patch (run, slot, bytes, patch) VALUES (?, ?, ?, ?)",
        run,
        slot,
        patch.replacedBytes(),
        writer.bytes());
  }

  /** What a slot of blocks belongs to. */
  Optional<FilePatch> patch(Row row) throws IOException {
    return index.first(
        "SELECT patch FROM patch WHERE run = ? AND slot = ?",
        found -> {
          try {
            return FilePatch.read(new ByteReader(found.getBytes(1)));
          } catch (MalformedException damaged) {
            throw new IOException("the sync index is damaged: " + damaged.getMessage(), damaged);
          }
        },
        row.run(),
        row.slot());
  }

  /** The first later change of that path or of a directory above it. */
  Optional<Row> next(Row row, TreePath path) throws IOException {
    return index.first(
        "SELECT "
            + COLUMNS
            + " FROM undone WHERE run > ? AND (path = ? OR (substr(?, 1, length(path)) = path"
            + " AND substr(?, length(path) + 1, 1) = X'2F')) ORDER BY run, id LIMIT 1",
        this::row,
        row.run(),
        path.bytes(),
        path.bytes(),
        path.bytes());
  }

  /** Remembers that only this node had that path when the run took it away. */
  void noteOwn(int run, TreePath path) throws IOException {
    index.update("INSERT INTO own_change (run, path) VALUES (?, ?)", run, path.bytes());
  }

  private static String kind(Entry entry) {
    return switch (entry) {
      case Entry.File _ -> "file";
      case Entry.Subtree _ -> "directory";
      case Entry.Symlink _ -> "symlink";
      case Entry.Special special -> special.kind().name().toLowerCase(Locale.ROOT);
      case Entry.Withheld _ -> "unknown";
    };
  }

  void forget(int run) throws IOException {
    index.update("DELETE FROM undone WHERE run = ?", run);
    index.update("DELETE FROM patch WHERE run = ?", run);
    index.update("DELETE FROM moved WHERE run = ?", run);
    index.update("DELETE FROM own_change WHERE run = ?", run);
  }

  /** A row and where its content lies. */
  record Row(Undone undone, int run, String slot) {
    /** Its content is only what a patch replaced. */
    boolean isPatch() {
      return slot.endsWith(Commit.PATCH);
    }

    /** There was nothing: it has no content. */
    boolean isAbsence() {
      return undone.kind().equals(ABSENT);
    }

    /** It went elsewhere: it has no content. */
    boolean isMove() {
      return undone.kind().equals(MOVED);
    }

    /** Below the undo directory. */
    byte[] place() {
      return (run + "/" + slot).getBytes(StandardCharsets.US_ASCII);
    }

    byte[] placeBelowRoot() {
      return (Reserved.AREA + "/undo/" + run + "/" + slot).getBytes(StandardCharsets.US_ASCII);
    }
  }

  private Row row(java.sql.ResultSet row) throws java.sql.SQLException, IOException {
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
            generation == null ? Optional.empty() : Optional.of(Hash.of(generation, 0)),
            false),
        row.getInt(8),
        row.getString(9));
  }

  /** What can be had back, newest first. */
  List<Undone> list(Directory area, KeptQuery query) throws IOException {
    List<Undone> undone = new ArrayList<>();
    if (area.find(Reserved.UNDO).isEmpty()) {
      return undone;
    }
    Map<Integer, List<TreePath>> own = new HashMap<>();
    try (Directory undo = area.directory(Reserved.UNDO)) {
      long before = query.before();
      while (undone.size() < query.limit()) {
        List<Row> page = page(query, before);
        for (Row row : page) {
          before = row.undone().id();
          boolean isOwn = isOwn(row, own);
          if ((isOwn || !query.onlyHere())
              && undone.size() < query.limit()
              && undo.find(row.place()).isPresent()) {
            undone.add(isOwn ? row.undone().asOnlyHere() : row.undone());
          }
        }
        if (page.size() < KeptQuery.MOST) {
          break;
        }
      }
    }
    return undone;
  }

  private List<Row> page(KeptQuery query, long before) throws IOException {
    String start = "SELECT " + COLUMNS + " FROM undone WHERE " + HAS_CONTENT + " AND id < ?";
    String end = " ORDER BY id DESC LIMIT " + KeptQuery.MOST;
    if (query.within().isEmpty() || query.within().get().isRoot()) {
      return index.list(start + end, this::row, before);
    }
    TreePath within = query.within().get();
    return index.list(start + TOUCHES + end, this::row, touching(before, within));
  }

  /** The path itself, all below it, and every directory above it. */
  private static final String TOUCHES =
      " AND (path = ? OR (path > ? AND path < ?)"
          + " OR (substr(?, 1, length(path)) = path AND substr(?, length(path) + 1, 1) = X'2F'))";

  private static Object[] touching(Object first, TreePath path) {
    byte[] below = Arrays.copyOf(path.bytes(), path.bytes().length + 1);
    byte[] beyond = below.clone();
    below[below.length - 1] = '/';
    beyond[beyond.length - 1] = '/' + 1;
    return new Object[] {first, path.bytes(), below, beyond, path.bytes(), path.bytes()};
  }

  private boolean isOwn(Row row, Map<Integer, List<TreePath>> known) throws IOException {
    List<TreePath> own = known.get(row.run());
    if (own == null) {
      own =
          index.list(
              "SELECT path FROM own_change WHERE run = ?",
              each -> History.path(each.getBytes(1)),
              row.run());
      known.put(row.run(), own);
    }
    return own.stream().anyMatch(path -> path.isWithin(row.undone().path()));
  }

  /** What was later changed of that path, of what is below it and of what contains it. */
  PastView asOf(TreePath path, Instant time) throws IOException {
    long after = time.toEpochMilli();
    boolean isAll = path.isRoot() || hasMoves(after);
    String sql =
        "SELECT undone.path, kind, id, target FROM undone LEFT JOIN moved"
            + " ON moved.run = undone.run AND moved.slot = undone.slot WHERE at > ?"
            + (isAll ? "" : TOUCHES)
            + " ORDER BY id DESC";
    return new PastView(
        isAll
            ? index.list(sql, UndoArea::later, after)
            : index.list(sql, UndoArea::later, touching(after, path)));
  }

  /** What was at a path before a move was changed under another path after it. */
  private boolean hasMoves(long after) throws IOException {
    return index
        .first(
            "SELECT 1 FROM undone WHERE at > ? AND kind = '" + MOVED + "' LIMIT 1",
            _ -> true,
            after)
        .isPresent();
  }

  private static PastView.Later later(java.sql.ResultSet row)
      throws java.sql.SQLException, IOException {
    TreePath path = History.path(row.getBytes(1));
    return switch (row.getString(2)) {
      case ABSENT -> new PastView.Later.Came(path);
      case MOVED -> new PastView.Later.Moved(path, History.path(row.getBytes(4)));
      default -> new PastView.Later.Went(path, row.getLong(3));
    };
  }

  Optional<Row> find(long id) throws IOException {
    return index.first(
        "SELECT " + COLUMNS + " FROM undone WHERE id = ? AND " + HAS_CONTENT, this::row, id);
  }

  /** While it is held, a run's content is not pruned. */
  interface Hold extends AutoCloseable {
    @Override
    void close();
  }

  Hold hold(int run) {
    inUse.merge(run, 1, Integer::sum);
    return () -> inUse.computeIfPresent(run, (_, users) -> users == 1 ? null : users - 1);
  }

  /**
   * Removes runs whose content is too old, and then the oldest ones while they hold too much.
   *
   * @param wantedBytes what is to come to this file system
   */
  void prune(Directory area, Retention retention, long wantedBytes, Instant now)
      throws IOException {
    long before = now.minus(retention.age()).toEpochMilli();
    List<Integer> doomed =
        new ArrayList<>(
            index.list(
                "SELECT DISTINCT run FROM undone WHERE at < ? ORDER BY run LIMIT " + PRUNED_AT_ONCE,
                row -> row.getInt(1),
                before));
    Directory.FreeSpace room = area.freeSpace();
    if (retention.isTight(room, wantedBytes)) {
      List<Held> kept = kept(doomed);
      long keptBytes = kept.stream().mapToLong(Held::bytes).sum();
      long lastBytes = kept.stream().filter(Held::isSome).findFirst().map(Held::bytes).orElse(0L);
      long mostBytes = retention.mostBytes(keptBytes, lastBytes, room, wantedBytes);
      List<Held> beyond = beyond(mostBytes, kept);
      long early = beyond.stream().filter(Held::isSome).count();
      if (early > 0) {
        warn(early, retention, room, now);
      }
      beyond.forEach(held -> doomed.add(held.run()));
    }
    try (Directory undo = Reserved.ensure(area, Reserved.UNDO)) {
      for (int run : doomed) {
        if (!inUse.containsKey(run)) {
          effects.before("prune undo");
          Reserved.removeAll(undo, label(run));
          forget(run);
        }
      }
    }
    index.commit();
  }

  /** A small size makes something go with every sync: that is not told every time. */
  private void warn(long runs, Retention retention, Directory.FreeSpace room, Instant now) {
    if (now.isBefore(quietUntil)) {
      return;
    }
    quietUntil = now.plus(BETWEEN_WARNINGS);
    LOG.warn(
        "dataset {}: content kept by {} syncs goes before its time: {}",
        dataset,
        runs,
        retention.sizeBytes().isPresent()
            ? "more than %d bytes (keep: size:) would be kept"
                .formatted(retention.sizeBytes().getAsLong())
            : "%d MiB are free".formatted(room.bytes() >> 20));
  }

  /** What a run keeps. */
  private record Held(int run, long bytes) {
    boolean isSome() {
      return bytes > 0;
    }
  }

  /** All runs but the doomed ones, the newest first. */
  private List<Held> kept(List<Integer> doomed) throws IOException {
    return index
        .list(
            "SELECT undone.run, SUM(COALESCE(patch.bytes, undone.bytes)) FROM undone"
                + " LEFT JOIN patch ON patch.run = undone.run AND patch.slot = undone.slot"
                + " GROUP BY undone.run ORDER BY undone.run DESC",
            row -> new Held(row.getInt(1), row.getLong(2)))
        .stream()
        .filter(held -> !doomed.contains(held.run()))
        .toList();
  }

  /** The oldest runs, without which the rest is within the limit. */
  private static List<Held> beyond(long limitBytes, List<Held> newestFirst) {
    long total = 0;
    List<Held> beyond = new ArrayList<>();
    for (Held held : newestFirst) {
      total += held.bytes();
      if (total > limitBytes) {
        beyond.add(held);
      }
    }
    return beyond;
  }

  /** Removes the place of a run that took nothing away. */
  void removeIfUnused(Directory area, int run) throws IOException {
    try (Directory undo = Reserved.ensure(area, Reserved.UNDO)) {
      undo.removeDirectory(label(run));
    } catch (SystemCallException kept) {
      if (kept.error() != SystemCallException.NOT_EMPTY
          && kept.error() != SystemCallException.NO_ENTRY) {
        throw kept;
      }
      // it holds something
    }
  }
}
