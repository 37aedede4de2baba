package understudy.sync;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import understudy.sync.plan.Entry;
import understudy.sync.plan.Name;
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
    Optional<TreePath> directory = Optional.empty();
    Set<Name> there = Set.of();
    for (TreePath path : changed) {
      if (!directory.equals(Optional.of(path.parent()))) { // they come directory by directory
        directory = Optional.of(path.parent());
        there = names(path.parent());
      }
      if (there.contains(path.name())) {
        cameAgain(path);
      } else {
        index.update("INSERT OR IGNORE INTO deleted (path) VALUES (?)", (Object) path.bytes());
      }
    }
  }

  private Set<Name> names(TreePath directory) throws IOException {
    Optional<IndexedTree> row = index.directory(directory);
    return row.isEmpty()
        ? Set.of()
        : row.get().tree().entries().stream().map(Entry::name).collect(Collectors.toSet());
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
