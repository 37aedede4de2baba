package understudy.sync.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What lay where at a past time, as seen from now: a path means what is there now, unless this says
 * that it, or the nearest directory above it, lay elsewhere or did not exist. Built by undoing
 * later changes, newest first.
 */
public final class PastView {

  /** Where content of that time is to be found. */
  public sealed interface Origin {
    /** At that place of today's tree. */
    record Now(TreePath place) implements Origin {}

    /** In the kept piece with that id, at that place below it. */
    record Kept(long id, TreePath below) implements Origin {}

    /** It did not exist. */
    record Absent() implements Origin {}
  }

  /** A change that was made after the time of the view. */
  public sealed interface Later {
    TreePath path();

    /** What was there is in a kept piece. */
    record Went(TreePath path, long kept) implements Later {}

    /** Nothing was there. */
    record Came(TreePath path) implements Later {}

    /** A directory went to another place, where nothing was. */
    record Moved(TreePath path, TreePath to) implements Later {}
  }

  private final NavigableMap<TreePath, Origin> origins = new TreeMap<>();

  /** The view before all these changes. */
  public PastView(List<Later> newestFirst) {
    for (Later later : newestFirst) {
      switch (later) {
        case Later.Went(TreePath path, long kept) ->
            replace(path, new Origin.Kept(kept, TreePath.ROOT));
        case Later.Came(TreePath path) -> replace(path, new Origin.Absent());
        case Later.Moved(TreePath path, TreePath to) -> moveBack(path, to);
      }
    }
  }

  private void replace(TreePath path, Origin origin) {
    below(path).clear();
    origins.put(path, origin);
  }

  /** What was said of the place that it went to, and below that, is true of where it was. */
  private void moveBack(TreePath path, TreePath to) {
    Origin whole = origin(to);
    NavigableMap<TreePath, Origin> inside = new TreeMap<>(below(to));
    replace(to, new Origin.Absent());
    replace(path, whole);
    inside.forEach((place, origin) -> origins.put(place.moved(to, path), origin));
  }

  /** That path and all below it. */
  private NavigableMap<TreePath, Origin> below(TreePath path) {
    TreePath end = null;
    for (TreePath each : origins.tailMap(path, true).keySet()) {
      if (!each.isWithin(path)) {
        end = each;
        break;
      }
    }
    return end == null ? origins.tailMap(path, true) : origins.subMap(path, true, end, false);
  }

  /** Where the content of a path lies. */
  public Origin origin(TreePath path) {
    for (TreePath at = path; ; at = at.parent()) {
      Origin origin = origins.get(at);
      if (origin != null) {
        return origin(origin, at, path);
      }
      if (at.isRoot()) {
        return new Origin.Now(path);
      }
    }
  }

  private static Origin origin(Origin above, TreePath directory, TreePath path) {
    return switch (above) {
      case Origin.Now(TreePath place) -> new Origin.Now(path.moved(directory, place));
      case Origin.Kept(long id, TreePath below) ->
          new Origin.Kept(id, path.moved(directory, below));
      case Origin.Absent absent -> absent;
    };
  }

  /** What is said of exactly this path; empty: it lies where its directory lies. */
  public Optional<Origin> of(TreePath path) {
    return Optional.ofNullable(origins.get(path));
  }

  /** Names directly in that directory of which something is said, or of something below them. */
  public List<Name> namesIn(TreePath directory) {
    int depth = directory.depth();
    List<Name> names = new ArrayList<>();
    for (TreePath path : below(directory).keySet()) {
      if (path.depth() == depth + 1) {
        names.add(path.name());
      }
    }
    return names;
  }
}
