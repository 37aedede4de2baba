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
 * What is in a directory beside what the index has of it, in the order of the names and a window at
 * a time: the status of every entry of a large directory would not fit into the heap.
 */
final class Listed {
  /** Names whose status is held at the same time. */
  static final int WINDOW = 2048;

  private final Directory directory;
  private final TreePath path;
  private final Exclusions exclusions;
  private final Scanning scanning;
  private final List<Name> names;
  private final IndexedTree indexed;
  private final List<Integer> vanished = new ArrayList<>();
  private int nameAt;
  private int oldAt;

  Listed(
      Directory directory,
      TreePath path,
      Exclusions exclusions,
      IndexedTree indexed,
      Scanning scanning)
      throws IOException {
    this.directory = directory;
    this.path = path;
    this.exclusions = exclusions;
    this.indexed = indexed;
    this.scanning = scanning;
    this.names = names(directory, path);
  }

  private static List<Name> names(Directory directory, TreePath path) throws IOException {
    int most = Crowd.mostEntries();
    List<byte[]> bytes = directory.names(most);
    if (bytes.size() > most) {
      throw new Scanner.TooLarge(path, Crowd.beyond(most));
    }
    List<Name> names = new ArrayList<>(bytes.size());
    for (byte[] each : bytes) {
      names.add(Name.of(each));
    }
    names.sort(null);
    return names;
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
    List<Entry> entries = indexed.tree().entries();
    while (oldAt < entries.size() && entries.get(oldAt).name().compareTo(name) < 0) {
      vanished.add(oldAt++);
    }
    boolean isKnown = oldAt < entries.size() && entries.get(oldAt).name().equals(name);
    return isKnown
        ? new Found(name, status, entries.get(oldAt), indexed.keys().get(oldAt++))
        : new Found(name, status, null, LocalKey.NONE);
  }

  /** Places of the index's entries that are there no more; to be asked at the end. */
  List<Integer> vanished() {
    while (oldAt < indexed.tree().entries().size()) {
      vanished.add(oldAt++);
    }
    return vanished;
  }
}
