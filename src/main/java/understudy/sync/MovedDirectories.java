package understudy.sync;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableSet;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import understudy.sync.plan.Change;
import understudy.sync.plan.Entry;
import understudy.sync.plan.Hash;
import understudy.sync.plan.Moves;
import understudy.sync.plan.TreePath;

/**
 * Finds directories that only change their place: one goes, and one with the same tree comes. Both
 * lie in directories that stay. Not when something elsewhere is to become a hard link into it: that
 * is done in the stage. One use, by one thread.
 */
final class MovedDirectories implements Walk.Visitor {
  /** They stand in the commit record. */
  private static final int MOST_MOVES = 1000;

  private static final int MOST_REMEMBERED = 20_000;

  private final Map<Hash, Deque<TreePath>> going = new HashMap<>();
  private final SortedMap<TreePath, Hash> coming = new TreeMap<>();
  private final NavigableSet<TreePath> linked = new TreeSet<>();
  private int remembered;

  private MovedDirectories() {}

  /** What moves on the way from the index's tree to the incoming one. */
  static Moves in(Index index, Entry.Subtree root) throws IOException {
    MovedDirectories found = new MovedDirectories();
    new Walk(index).run(root, found);
    return found.moves();
  }

  @Override
  public void change(TreePath path, Change change) {
    switch (change) {
      case Change.Remove remove when isWhole(remove.old()) && mayRemember() ->
          going.computeIfAbsent(tree(remove.old()), _ -> new ArrayDeque<>()).add(path);
      case Change.Add add when isWhole(add.fresh()) && mayRemember() ->
          coming.put(path, tree(add.fresh()));
      case Change.Add add -> inside(path, add.fresh());
      case Change.Replace replace -> inside(path, replace.fresh());
      case Change.Remove _, Change.Amend _, Change.Descend _, Change.Depart _, Change.Arrive _ -> {}
    }
  }

  @Override
  public void inside(TreePath path, Entry fresh) {
    if (fresh instanceof Entry.File file && file.linkedTo().isPresent() && mayRemember()) {
      linked.add(file.linkedTo().get());
    }
  }

  /** Once it is too much, nothing is moved at all: a link that was not noted could be lost. */
  private boolean mayRemember() {
    return remembered++ < MOST_REMEMBERED;
  }

  private static boolean isWhole(Entry entry) {
    return entry instanceof Entry.Subtree directory
        && directory.inside().entries() > 0
        && directory.inside().withheld() == 0;
  }

  private static Hash tree(Entry entry) {
    return ((Entry.Subtree) entry).tree();
  }

  private Moves moves() {
    SortedMap<TreePath, TreePath> sources = new TreeMap<>();
    if (remembered <= MOST_REMEMBERED) {
      for (Map.Entry<TreePath, Hash> one : coming.entrySet()) {
        Deque<TreePath> from = going.getOrDefault(one.getValue(), new ArrayDeque<>());
        if (!from.isEmpty() && sources.size() < MOST_MOVES && !isLinkedInto(one.getKey())) {
          sources.put(one.getKey(), from.remove());
        }
      }
    }
    return new Moves(sources);
  }

  private boolean isLinkedInto(TreePath directory) {
    TreePath first = linked.ceiling(directory);
    return first != null && first.isWithin(directory);
  }
}
