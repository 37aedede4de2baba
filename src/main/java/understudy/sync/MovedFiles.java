package understudy.sync;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import understudy.linux.Directory;
import understudy.linux.FileStatus;
import understudy.linux.SystemCallException;
import understudy.sync.plan.Entry;
import understudy.sync.plan.TreePath;

/**
 * Gives a file that has only moved a second name in the stage, instead of copying and hashing it:
 * its old name goes into the undo area with the rest of what goes. Only where nothing but the name
 * differs, and the file has no other name and is as it was when it was last read. One use, by one
 * thread.
 */
final class MovedFiles {
  private final Index index;
  private final Stage stage;
  private final LivePlace live;
  private final Effects effects;
  private final Set<TreePath> used = new HashSet<>();
  private TreePath lastParent = TreePath.ROOT;
  private Optional<IndexedTree> last = Optional.empty();

  MovedFiles(Index index, Stage stage, Directory root, Effects effects) {
    this.index = index;
    this.stage = stage;
    this.live = new LivePlace(root);
    this.effects = effects;
  }

  /** False, and nothing done, when it must be copied. */
  boolean isLinked(Plan.Leaving leaving, TreePath path, Entry.File fresh) throws IOException {
    Entry.File old = leaving.file();
    boolean isSame =
        old.linkedTo().isEmpty()
            && old.carried().equals(fresh.carried())
            && old.carried().attributes().isEmpty();
    if (!isSame || used.contains(leaving.path())) {
      return false; // a second new file of the same content must not be a name of the first
    }
    byte[] name = old.name().bytes();
    try {
      Directory from = live.parent(leaving.path());
      FileStatus status = from.status(name);
      if (status.links() > 1
          || !Dress.fits(status, old)
          || !isUntouched(leaving.path(), old, status)) {
        return false;
      }
      Directory to = stage.parent(path);
      effects.before("stage link");
      from.link(name, to, path.name().bytes());
      used.add(leaving.path());
      return true;
    } catch (SystemCallException refused) {
      if (refused.isFull()) {
        throw refused;
      }
      return false; // gone, or not to be linked on this file system or by this user
    }
  }

  private boolean isUntouched(TreePath path, Entry.File old, FileStatus status) throws IOException {
    if (last.isEmpty() || !lastParent.equals(path.parent())) {
      lastParent = path.parent();
      last = index.directory(lastParent);
    }
    List<Entry> entries = last.isPresent() ? last.get().tree().entries() : List.of();
    int low = 0;
    int high = entries.size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int order = entries.get(middle).name().compareTo(old.name());
      if (order == 0) {
        LocalKey key = last.orElseThrow().keys().get(middle);
        return entries.get(middle).equals(old) && key.isSettled() && key.isOf(status);
      }
      low = order < 0 ? middle + 1 : low;
      high = order < 0 ? high : middle - 1;
    }
    return false;
  }

  void close() {
    live.close();
  }
}
