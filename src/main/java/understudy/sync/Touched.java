package understudy.sync;

import java.util.HashSet;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import understudy.sync.plan.Name;
import understudy.sync.plan.TreePath;

/**
 * Names to which something was done, by directory. When they are too many, only directories are
 * remembered: of those all is looked at.
 */
final class Touched {
  /** More are no longer remembered: everything is looked at. */
  static final int MOST_DIRECTORIES = Glance.MOST_DIRECTORIES;

  static final int MOST_NAMES = 20_000;

  /** An empty set stands for all names. */
  private final NavigableMap<TreePath, Set<Name>> directories = new TreeMap<>();

  private int names; // added since it was cleared

  /** That name alone, unless the whole directory is to be looked at anyway. */
  void add(TreePath directory, Name name) {
    if (names > MOST_NAMES) {
      add(directory);
      return;
    }
    Set<Name> known = directories.get(directory);
    if (known == null) {
      directories.put(directory, new HashSet<>(Set.of(name)));
      names++;
    } else if (!known.isEmpty() && known.add(name)) {
      names++;
    }
    if (names > MOST_NAMES) {
      directories.replaceAll((_, _) -> Set.of());
    }
  }

  /** All that is in it. */
  void add(TreePath directory) {
    directories.put(directory, Set.of());
  }

  boolean isEmpty() {
    return directories.isEmpty();
  }

  boolean isTooMuch() {
    return directories.size() > MOST_DIRECTORIES;
  }

  void clear() {
    directories.clear();
    names = 0;
  }

  /** What a scan has to look at; to be asked for once, before this is cleared. */
  Scope.Only scope() {
    return new Scope.Only(directories);
  }
}
