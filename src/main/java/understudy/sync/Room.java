package understudy.sync;

import java.io.IOException;
import understudy.linux.Directory;
import understudy.linux.SystemCallException;

/**
 * The room that a run needs on the dataset's file system: what is kept gives way to it, and what is
 * staged never keeps the disk full. One use, by the thread of a run.
 */
final class Room {
  /** Room that must be left after staging. */
  private static final long RESERVE_BYTES = 16 << 20;

  private final Dataset dataset;
  private final Retention keep;

  Room(Dataset dataset, Retention keep) {
    this.dataset = dataset;
    this.keep = keep;
  }

  /** Refuses a run that will not fit. What a cut run has staged is room that it needs no more. */
  void check(Directory root, Directory area, Stage stage, Plan plan) throws IOException {
    long wantedBytes = plan.bytes() + RESERVE_BYTES;
    if (!stage.hasOlder() && wantedBytes > root.freeSpace().bytes()) {
      prune(area, wantedBytes);
    }
    Directory.FreeSpace free = root.freeSpace();
    boolean lacksBytes = !stage.hasOlder() && wantedBytes > free.bytes();
    boolean lacksFiles = free.files() > 0 && plan.entries() > free.freeFiles();
    if (lacksBytes || lacksFiles) {
      if (!stage.hasOlder()) {
        stage.drop(); // an empty one would look like a cut run's
      }
      throw refusal(
          "%d files with %d bytes are to come, and %d bytes and %d inodes are free"
              .formatted(plan.files(), plan.bytes(), free.bytes(), free.freeFiles()));
    }
  }

  SyncRefused refusal(String reason) {
    return new SyncRefused(
        SyncRefused.Code.DISK_FULL,
        "no room at " + dataset.path() + ": " + reason,
        "free space on this file system, or keep overwritten content for a shorter time");
  }

  /** What is kept gives way for the next run. */
  void prune(Directory area, long wantedBytes) throws IOException {
    dataset.undo().prune(area, keep, wantedBytes, dataset.clock().wall());
  }

  /**
   * After a commit found the disk full: what is kept gives way, and where nothing does, what is
   * staged goes, so that the next run looks for room before it fetches. A commit that went neither
   * forward nor back needs its stage.
   *
   * @param isPromised the commit record was written: what the run saved is not its own any more
   */
  SyncRefused afterFull(
      Directory area,
      Stage stage,
      CommitRecord record,
      boolean isPromised,
      SystemCallException full)
      throws IOException {
    dataset.index().rollback();
    if (!isPromised) {
      try (Directory undo = Reserved.ensure(area, Reserved.UNDO)) {
        Reserved.removeAll(undo, UndoArea.label(record.run()));
      }
    }
    long before = area.freeSpace().bytes();
    prune(area, wantedBytes(record));
    if (area.freeSpace().bytes() <= before && dataset.head().isWhole()) {
      stage.drop();
    }
    return refusal(String.valueOf(full.getMessage()));
  }

  /** What patches save and append. */
  private static long wantedBytes(CommitRecord record) {
    return record.patches().values().stream()
        .mapToLong(
            patch -> patch.replacedBytes() + Math.max(0, patch.freshBytes() - patch.oldBytes()))
        .sum();
  }
}
