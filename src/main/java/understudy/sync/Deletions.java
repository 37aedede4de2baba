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

  /** Of paths that differ from before, those that are gone. */
  void note(List<TreePath> changed) throws IOException {
    for (TreePath path : changed) {
      Optional<IndexedTree> parent = index.directory(path.parent());
      boolean isThere =
          parent.isPresent()
              && parent.get().tree().entries().stream()
                  .anyMatch(each -> each.name().equals(path.name()));
      index.update(
          isThere
              ? "DELETE FROM deleted WHERE path = ?"
              : "INSERT OR IGNORE INTO deleted (path) VALUES (?)",
          (Object) path.bytes());
    }
  }

  /** That path, or a directory above it, was deleted on this node and never came again. */
  boolean cover(TreePath path) throws IOException {
    for (TreePath at = path; !at.isRoot(); at = at.parent()) {
      if (index
          .first("SELECT 1 FROM deleted WHERE path = ?", row -> true, (Object) at.bytes())
          .isPresent()) {
        return true;
      }
    }
    return false;
  }
}
