package understudy.sync;

import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import understudy.linux.FileStatus;
import understudy.sync.plan.Hash;
import understudy.sync.plan.TreePath;

/**
 * Which name of each hard-linked file a scan met first, and what reading it gave. The latest stay
 * in memory; older ones go to a temporary table of the index, so that a tree of nothing but hard
 * links takes no more memory than another. One scan long, by one thread.
 */
final class FirstNames {
  /** Some 300 bytes each. */
  static final int MOST_IN_MEMORY = 20_000;

  /** A first name, and what reading the file by it gives, if it is read in this scan. */
  record First(TreePath path, @Nullable Future<FileReading.Outcome> reading) {
    Optional<Future<FileReading.Outcome>> whatIsRead() {
      return Optional.ofNullable(reading);
    }

    boolean isBeingRead() {
      return reading != null && !reading.isDone();
    }

    /** False for one that cannot be read, to which nothing may be linked: the next is first. */
    boolean isThere() {
      return reading == null || read().isPresent();
    }

    Optional<FileReading.Outcome.Read> read() {
      return reading != null
              && reading.state() == Future.State.SUCCESS
              && reading.resultNow() instanceof FileReading.Outcome.Read read
          ? Optional.of(read)
          : Optional.empty();
    }
  }

  private final Index index;
  private final int mostInMemory;
  private final Map<Long, First> latest = new HashMap<>();
  private boolean hasTable;

  FirstNames(Index index, int mostInMemory) {
    this.index = index;
    this.mostInMemory = mostInMemory;
  }

  /** The first name of a file of this status; empty: this is it. */
  Optional<First> of(FileStatus status) throws IOException {
    First recent = latest.get(status.inode());
    if (recent != null || !hasTable) {
      return Optional.ofNullable(recent);
    }
    return index.first(
        "SELECT path, content, seconds, nanos, settled FROM first_name WHERE inode = ?",
        row -> first(row, status),
        status.inode());
  }

  private static First first(ResultSet row, FileStatus status) throws SQLException {
    byte[] content = row.getBytes(2);
    boolean isAsRead =
        content != null
            && row.getLong(3) == status.ctimeSeconds()
            && row.getInt(4) == status.ctimeNanos();
    return new First(
        TreePath.ofKey(row.getBytes(1)),
        isAsRead
            ? CompletableFuture.completedFuture(
                new FileReading.Outcome.Read(status, Hash.of(content, 0), row.getBoolean(5)))
            : null);
  }

  void put(long inode, First first) throws IOException {
    if (latest.size() >= mostInMemory) {
      makeRoom();
    }
    latest.put(inode, first);
  }

  private void makeRoom() throws IOException {
    if (!hasTable) {
      int _ =
          index.update(
              "CREATE TEMP TABLE IF NOT EXISTS first_name"
                  + " (inode INTEGER PRIMARY KEY, path BLOB NOT NULL, content BLOB,"
                  + " seconds INTEGER, nanos INTEGER, settled INTEGER)");
      int _ = index.update("DELETE FROM first_name"); // of an earlier scan
      hasTable = true;
    }
    List<Map.Entry<Long, First>> ascending =
        latest.entrySet().stream().sorted(Map.Entry.comparingByKey()).toList();
    for (Map.Entry<Long, First> each : ascending) {
      First first = each.getValue();
      if (first.isBeingRead()) {
        continue;
      }
      latest.remove(each.getKey());
      if (first.isThere()) {
        keep(each.getKey(), first);
      }
    }
  }

  private void keep(long inode, First first) throws IOException {
    Optional<FileReading.Outcome.Read> read = first.read();
    int _ =
        index.update(
            "INSERT OR REPLACE INTO first_name VALUES (?, ?, ?, ?, ?, ?)",
            inode,
            first.path().key(),
            read.map(it -> it.content().bytes()).orElse(null),
            read.map(it -> it.status().ctimeSeconds()).orElse(0L),
            read.map(it -> it.status().ctimeNanos()).orElse(0),
            read.filter(FileReading.Outcome.Read::isSettled).isPresent());
  }
}
