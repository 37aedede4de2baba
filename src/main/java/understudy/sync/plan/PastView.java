package understudy.sync.plan;

import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What lay where at a past time, as seen from now: a path means what is there now, unless this says
 * that it, or the nearest directory above it, lay in a kept piece or did not exist. Built by
 * undoing later changes, newest first.
 */
public final class PastView {

  /** Where content of that time is to be found. */
  public sealed interface Origin {
    /** Where it still is. */
    record Now() implements Origin {}

    /** In the kept piece with that id. */
    record Kept(long id) implements Origin {}

    /** It did not exist. */
    record Absent() implements Origin {}
  }

  /**
   * A change that was made after the time of the view.
   *
   * @param kept the piece that holds what was there before; empty: nothing was there
   */
  public record Later(TreePath path, Optional<Long> kept) {}

  private final NavigableMap<TreePath, Origin> origins = new TreeMap<>();

  /** The view before all these changes. */
  public PastView(List<Later> newestFirst) {
    for (Later later : newestFirst) {
      var below = origins.tailMap(later.path(), true).entrySet().iterator();
      while (below.hasNext() && below.next().getKey().isWithin(later.path())) {
        below.remove();
      }
      origins.put(
          later.path(), later.kept().<Origin>map(Origin.Kept::new).orElseGet(Origin.Absent::new));
    }
  }

  /** What is said of exactly this path; empty: it lies where its directory lies. */
  public Optional<Origin> of(TreePath path) {
    return Optional.ofNullable(origins.get(path));
  }

  /** The nearest path, itself or above, of which something is said; empty: it is where it was. */
  public Optional<Map.Entry<TreePath, Origin>> covering(TreePath path) {
    for (TreePath at = path; ; at = at.parent()) {
      Origin origin = origins.get(at);
      if (origin != null) {
        return Optional.of(Map.entry(at, origin));
      }
      if (at.isRoot()) {
        return Optional.empty();
      }
    }
  }

  /** Names directly in that directory of which something is said, or of something below them. */
  public List<Name> namesIn(TreePath directory) {
    int depth = directory.depth();
    return origins.tailMap(directory, false).keySet().stream()
        .takeWhile(path -> path.isWithin(directory))
        .filter(path -> path.depth() == depth + 1)
        .map(TreePath::name)
        .toList();
  }
}
