package understudy.sync;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import understudy.linux.Directory;
import understudy.linux.FileStatus;
import understudy.sync.plan.Entry;
import understudy.sync.plan.Exclusions;
import understudy.sync.plan.Name;
import understudy.sync.plan.TreePath;

/**
 * What is in a directory, or in a {@link Part} of it, beside what the index has of it, in the order
 * of the names and a window at a time: the status of every entry of a large directory would not fit
 * into the heap.
 */
final class Listed {
  /** Names whose status is held at the same time. */
  static final int WINDOW = 2048;

  private final Directory directory;
  private final TreePath path;
  private final Exclusions exclusions;
  private final Scanning scanning;
  private final List<Name> names;
  private final Rows before;
  private final List<Integer> vanished = new ArrayList<>();
  private int nameAt;
  private int oldAt;

  Listed(Directory directory, TreePath path, Part part, Exclusions exclusions, Scanning scanning) {
    this.directory = directory;
    this.path = path;
    this.exclusions = exclusions;
    this.scanning = scanning;
    this.names = part.asked();
    this.before = part.before();
  }

  /** At least as many as will be found. */
  int most() {
    return names.size();
  }

  /** The next ones that are there; none at the end. */
  List<Found> next() throws IOException {
    List<Found> window = new ArrayList<>(Math.min(WINDOW, names.size() - nameAt));
    while (nameAt < names.size() && window.size() < WINDOW) {
      Name name = names.get(nameAt++);
      if ((path.isRoot() && name.equals(Reserved.AREA))
          || (!exclusions.isEmpty() && exclusions.excludes(path.child(name)))) {
        continue;
      }
      Optional<FileStatus> status = directory.find(name.bytes());
      if (status.isPresent()) {
        scanning.sawEntry();
        window.add(found(name, status.get()));
      }
    }
    return window;
  }

  private Found found(Name name, FileStatus status) {
    List<Entry> entries = before.entries();
    while (oldAt < entries.size() && entries.get(oldAt).name().compareTo(name) < 0) {
      vanished.add(oldAt++);
    }
    boolean isKnown = oldAt < entries.size() && entries.get(oldAt).name().equals(name);
    return isKnown
        ? new Found(name, status, entries.get(oldAt), before.keys().get(oldAt++))
        : new Found(name, status, null, LocalKey.NONE);
  }

  /** Places of the part's former entries that are there no more; to be asked at the end. */
  List<Integer> vanished() {
    while (oldAt < before.size()) {
      vanished.add(oldAt++);
    }
    return vanished;
  }
}
