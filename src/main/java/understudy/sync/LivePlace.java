package understudy.sync;

import org.jspecify.annotations.Nullable;
import understudy.linux.Directory;
import understudy.linux.SystemCallException;
import understudy.sync.plan.TreePath;

/** The dataset's own tree, with the directory used last kept open. */
final class LivePlace implements AutoCloseable {
  private final Directory root;
  private TreePath lastPath = TreePath.ROOT;
  private @Nullable Directory last;

  LivePlace(Directory root) {
    this.root = root;
  }

  Directory parent(TreePath path) throws SystemCallException {
    return directory(path.parent());
  }

  /** As {@link #directory}, for the caller to close. */
  Directory opened(TreePath path) throws SystemCallException {
    return root.directory(path.isRoot() ? new byte[] {'.'} : path.bytes());
  }

  Directory directory(TreePath path) throws SystemCallException {
    if (path.isRoot()) {
      return root;
    }
    if (last != null && lastPath.equals(path)) {
      return last;
    }
    Directory fresh = root.directory(path.bytes());
    close();
    lastPath = path;
    last = fresh;
    return fresh;
  }

  /** Lets go of the directory kept open; the root stays with its owner. */
  @Override
  public void close() {
    if (last != null) {
      last.close();
      last = null;
    }
  }
}
