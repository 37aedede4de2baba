package understudy.sync.plan;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Directories that only change their place, so that each is moved as it is. */
public final class Moves {
  public static final Moves NONE = new Moves(new TreeMap<>());

  private final SortedMap<TreePath, TreePath> sources;
  private final Map<TreePath, TreePath> targets = new HashMap<>();

  /**
   * These moves.
   *
   * @param sources by the new place, the old one
   */
  public Moves(SortedMap<TreePath, TreePath> sources) {
    this.sources = new TreeMap<>(sources);
    this.sources.forEach((to, from) -> targets.put(from, to));
    if (targets.size() < sources.size()) {
      throw new IllegalArgumentException("a directory moves to two places");
    }
  }

  /** By the new place, the old one; in the order of the new places. */
  public SortedMap<TreePath, TreePath> sources() {
    return new TreeMap<>(sources);
  }

  /** What a change of the entry at that path is, when it belongs to a move. */
  public Change of(TreePath path, Change change) {
    return switch (change) {
      case Change.Remove(Name name, Entry old) when old instanceof Entry.Subtree directory ->
          target(path).<Change>map(to -> new Change.Depart(name, to, directory)).orElse(change);
      case Change.Add(Name name, Entry fresh) when fresh instanceof Entry.Subtree directory ->
          source(path).<Change>map(from -> new Change.Arrive(name, from, directory)).orElse(change);
      case Change.Remove _,
          Change.Add _,
          Change.Replace _,
          Change.Amend _,
          Change.Descend _,
          Change.Depart _,
          Change.Arrive _ ->
          change;
    };
  }

  private Optional<TreePath> source(TreePath to) {
    return Optional.ofNullable(sources.get(to));
  }

  private Optional<TreePath> target(TreePath from) {
    return Optional.ofNullable(targets.get(from));
  }
}
