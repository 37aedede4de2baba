package understudy.sync;

import org.jspecify.annotations.Nullable;
import understudy.linux.Directory;
import understudy.linux.SystemCallException;
import understudy.sync.plan.TreePath;

/**
 * One level of the stage as one thread reaches it, with the directory used last kept open.
 * Directories that are missing are made on the way; others may make the same ones meanwhile.
 */
final class StagePlace implements AutoCloseable {
  private static final int OWNER_ALL = 0700;

  private final Directory place;
  private final Effects effects;
  private TreePath lastParent = TreePath.ROOT;
  private @Nullable Directory lastDirectory;

  StagePlace(Directory place, Effects effects) {
    this.place = place;
    this.effects = effects;
  }

  /** The staged directory that holds {@code path}. */
  Directory parent(TreePath path) throws SystemCallException {
    return directory(path.parent());
  }

  private Directory directory(TreePath path) throws SystemCallException {
    if (path.isRoot()) {
      return place;
    }
    if (lastDirectory != null && lastParent.equals(path)) {
      return lastDirectory;
    }
    Directory fresh = open(path);
    close();
    lastParent = path;
    lastDirectory = fresh;
    return fresh;
  }

  private Directory open(TreePath path) throws SystemCallException {
    try {
      return place.directory(path.bytes());
    } catch (SystemCallException missing) {
      if (missing.error() != SystemCallException.NO_ENTRY) {
        throw missing;
      }
    }
    if (path.depth() == 1) {
      return made(place, path);
    }
    try (Directory above = open(path.parent())) {
      return made(above, path);
    }
  }

  private Directory made(Directory above, TreePath path) throws SystemCallException {
    byte[] name = path.name().bytes();
    effects.before("stage directory");
    try {
      above.createDirectory(name, OWNER_ALL);
    } catch (SystemCallException refused) {
      if (refused.error() != SystemCallException.EXISTS) {
        throw refused;
      }
    }
    return above.directory(name);
  }

  /** Lets go of the directory kept open; the level itself stays with its owner. */
  @Override
  public void close() {
    if (lastDirectory != null) {
      lastDirectory.close();
      lastDirectory = null;
    }
  }
}
