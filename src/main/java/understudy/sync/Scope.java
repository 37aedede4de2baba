package understudy.sync;

import java.util.Collection;
import java.util.List;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import understudy.sync.plan.TreePath;

/**
 * Which directories a scan has to look at: all, or those in which something is thought to have
 * changed. What the index has never seen is looked at in any case.
 */
sealed interface Scope {
  /** Every directory. */
  record Everything() implements Scope {
    @Override
    public boolean lists(TreePath directory) {
      return true;
    }

    @Override
    public boolean reaches(TreePath directory) {
      return true;
    }
  }

  /** These directories alone. */
  record Only(NavigableSet<TreePath> directories) implements Scope {
    Only(Collection<TreePath> directories) {
      this(new TreeSet<>(directories));
    }

    @Override
    public boolean lists(TreePath directory) {
      return directories.contains(directory);
    }

    @Override
    public boolean reaches(TreePath directory) {
      TreePath first = directories.ceiling(directory);
      return first != null && first.isWithin(directory);
    }
  }

  /** This, and where the files are that a follower asks for again. */
  default Scope with(Scanner.Orders orders) {
    return switch (this) {
      case Everything everything -> everything;
      case Only(var directories) -> {
        var more = new TreeSet<>(directories);
        for (Set<TreePath> paths : List.of(orders.reread(), orders.withhold())) {
          paths.stream().filter(path -> !path.isRoot()).map(TreePath::parent).forEach(more::add);
        }
        yield new Only(more);
      }
    };
  }

  /** The names in that directory have to be looked at. */
  boolean lists(TreePath directory);

  /** That directory, or one below it, has to be looked at. */
  boolean reaches(TreePath directory);
}
