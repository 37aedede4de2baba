package understudy.sync;

import java.util.Collection;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import understudy.sync.plan.Name;
import understudy.sync.plan.TreePath;

/**
 * What a scan has to look at: everything, or the names and directories in which something is
 * thought to have changed. What the index has never seen is looked at in any case.
 */
sealed interface Scope {
  /** Every directory. */
  record Everything() implements Scope {
    @Override
    public boolean lists(TreePath directory) {
      return true;
    }

    @Override
    public Set<Name> named(TreePath directory) {
      return Set.of();
    }

    @Override
    public boolean reaches(TreePath directory) {
      return true;
    }
  }

  /** These directories alone, and these names in each; an empty set: all of them. */
  record Only(NavigableMap<TreePath, Set<Name>> directories) implements Scope {
    public Only {
      directories = new TreeMap<>(directories);
    }

    /** All names in these directories. */
    static Only listing(Collection<TreePath> directories) {
      NavigableMap<TreePath, Set<Name>> whole = new TreeMap<>();
      directories.forEach(directory -> whole.put(directory, Set.of()));
      return new Only(whole);
    }

    @Override
    public boolean lists(TreePath directory) {
      Set<Name> names = directories.get(directory);
      return names != null && names.isEmpty();
    }

    @Override
    public Set<Name> named(TreePath directory) {
      return directories.getOrDefault(directory, Set.of());
    }

    @Override
    public boolean reaches(TreePath directory) {
      TreePath first = directories.ceilingKey(directory);
      return first != null && first.isWithin(directory);
    }
  }

  /** This, and where the files are that a follower asks for again. */
  default Scope with(Scanner.Orders orders) {
    return switch (this) {
      case Everything everything -> everything;
      case Only(var directories) -> {
        var more = new TreeMap<>(directories);
        orders.directories().forEach(directory -> more.put(directory, Set.of()));
        yield new Only(more);
      }
    };
  }

  /** All names in that directory have to be looked at. */
  boolean lists(TreePath directory);

  /** Those that have to be looked at in a directory that is not {@link #lists listed}. */
  Set<Name> named(TreePath directory);

  /** That directory, or one below it, has to be looked at. */
  boolean reaches(TreePath directory);
}
