package understudy.sync;

import org.jspecify.annotations.Nullable;
import understudy.linux.FileStatus;
import understudy.sync.plan.Entry;
import understudy.sync.plan.Name;

/**
 * A name in a directory while it is scanned, and what the index had under that name.
 *
 * @param oldKey {@link LocalKey#NONE} where there is no {@code old}
 */
record Found(Name name, FileStatus status, @Nullable Entry old, LocalKey oldKey) {
  boolean isSameDirectory() {
    return old instanceof Entry.Subtree && oldKey.inode() == status.inode();
  }

  /** A file whose content the index does not know. */
  boolean isToBeRead() {
    return status.type() == FileStatus.Type.FILE && !(oldKey.isOf(status) && oldKey.isSettled());
  }
}
