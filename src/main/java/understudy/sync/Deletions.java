package understudy.sync;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import understudy.sync.plan.TreePath;

/** What was deleted on this node and must not come back from the other side of a merge. */
final class Deletions {
  private final Index index;

  /** Held lock. Does not commit. */
  Deletions(Index index) throws IOException {
    this.index = index;
    index.update("CREATE TABLE IF NOT EXISTS deleted (path BLOB PRIMARY KEY) WITHOUT ROWID");
  }

  /** Of paths that differ from before, those that are gone; what holds one that is there is not. */
  void note(List<TreePath> changed) throws IOException {
    for (TreePath path : changed) {
      Optional<IndexedTree> parent = index.directory(path.parent());
      boolean isThere =
          parent.isPresent()
              && parent.get().tree().entries().stream()
                  .anyMatch(each -> each.name().equals(path.name()));
      if (isThere) {
        cameAgain(path);
      } else {
        index.update("INSERT OR IGNORE INTO deleted (path) VALUES (?)", (Object) path.bytes());
      }
    }
  }

  private void cameAgain(TreePath path) throws IOException {
    for (TreePath at = path; !at.isRoot(); at = at.parent()) {
      index.update("DELETE FROM deleted WHERE path = ?", (Object) at.bytes());
    }
  }

  /**
   * That path was deleted on this node and never came again. Only for what is in a directory of
   * this node: that directory's own past says nothing about what comes into it now.
   */
  boolean cover(TreePath path) throws IOException {
    return index
        .first("SELECT 1 FROM deleted WHERE path = ?", _ -> true, (Object) path.bytes())
        .isPresent();
  }
}
