package understudy.sync;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import understudy.linux.Directory;
import understudy.linux.FileStatus;
import understudy.linux.SystemCallException;
import understudy.sync.plan.Entry;
import understudy.sync.plan.Exclusions;
import understudy.sync.plan.Metadata;
import understudy.sync.plan.Name;
import understudy.sync.plan.Totals;
import understudy.sync.plan.Tree;
import understudy.sync.plan.TreeCode;
import understudy.sync.plan.TreePath;
import understudy.time.Clock;

/**
 * Looks at a dataset, or at what a {@link Scope} names of it, and brings the index up to date:
 * names and status of every entry, content only of files whose local key is new. Within a directory
 * other entries come before subdirectories; in that order the first name of a hard-linked file is
 * the one that the others are linked to. One use, by one thread, inside one transaction of the
 * index.
 */
final class Scanner {
  /** Deeper directories are withheld: each level holds a descriptor while it is scanned. */
  static final int DEEPEST = 1000;

  /** From so many files to read in one directory on, several are read at once. */
  private static final int MANY_FILES = 4;

  /** What a scan is asked to do otherwise than usual. */
  record Orders(Set<TreePath> reread, Set<TreePath> withhold) {
    static final Orders NONE = new Orders(Set.of(), Set.of());

    /** Where the files are that it is about. */
    Set<TreePath> directories() {
      Set<TreePath> directories = new HashSet<>();
      for (Set<TreePath> paths : List.of(reread, withhold)) {
        paths.stream()
            .filter(path -> !path.isRoot())
            .map(TreePath::parent)
            .forEach(directories::add);
      }
      return directories;
    }
  }

  /** A part of the tree cannot be brought up to date alone: hard links lead out of it. */
  static final class WholeNeeded extends IOException {
    private static final long serialVersionUID = 1L;

    WholeNeeded(TreePath path) {
      super("hard links of '" + path + "' may lead anywhere");
    }
  }

  /** A directory whose block would be larger than a peer takes. */
  static final class TooLarge extends IOException {
    private static final long serialVersionUID = 1L;

    TooLarge(TreePath path, String reason) {
      super("directory '%s' is too large: %s".formatted(path, reason));
    }
  }

  private final Index index;
  private final Exclusions exclusions;
  private final Readers readers;
  private final Scanning scanning;
  private final Orders orders;
  private final Scope scope;
  private final Looking looking;
  private final List<TreePath> gone = new ArrayList<>();
  private final Set<TreePath> putAnew = new HashSet<>();
  private final List<TreePath> changed = new ArrayList<>();
  private boolean hasNotedAll = true;
  private long device;

  Scanner(
      Index index,
      Exclusions exclusions,
      Clock clock,
      RecentContent recent,
      Orders orders,
      Scope scope,
      Scanning scanning) {
    this.index = index;
    this.exclusions = exclusions;
    this.readers = new Readers(clock, recent, scanning);
    this.orders = orders;
    this.scope = scope;
    this.scanning = scanning;
    this.looking = new Looking(index, readers, orders, scope);
  }

  /** The root directory's entry after the scan. Throws {@link WholeNeeded} only for a part. */
  Entry.Subtree scan(Directory root) throws IOException {
    try (readers) {
      FileStatus status = root.status();
      device = status.device();
      Metadata metadata =
          FileReading.metadata(status, FileReading.attributes(root, new byte[0], status));
      Place place =
          new Place(
              TreePath.ROOT, TreePath.ROOT, TreeCode.ROOT_NAME, metadata, status.inode(), false, 0);
      Entry.Subtree entry = subtree(root, place);
      for (TreePath each : gone) {
        index.removeWithin(each, putAnew);
      }
      return entry;
    }
  }

  /** Paths that differ from the index as it was, at most {@link History#MOST_CHANGES}. */
  List<TreePath> changed() {
    return changed;
  }

  /** False: more has changed than {@link #changed} has. */
  boolean hasNotedAll() {
    return hasNotedAll;
  }

  private void noteChange(TreePath path) {
    if (changed.size() < History.MOST_CHANGES) {
      changed.add(path);
    } else {
      hasNotedAll = false;
    }
  }

  /**
   * A directory to look at.
   *
   * @param base where the index has what it was: elsewhere when it was moved
   * @param isWhole everything below is looked at, whatever the scope says
   */
  private record Place(
      TreePath path,
      TreePath base,
      Name name,
      Metadata metadata,
      long inode,
      boolean isWhole,
      int depth) {
    boolean isMoved() {
      return !path.equals(base);
    }
  }

  private Entry.Subtree subtree(Directory directory, Place place) throws IOException {
    Optional<IndexedTree> row = index.directory(place.base());
    Rows indexed = row.orElse(IndexedTree.EMPTY).rows();
    boolean isListed = row.isEmpty() || place.isWhole() || scope.lists(place.path());
    Part part =
        isListed
            ? Part.whole(directory, place.path(), indexed)
            : Part.of(scope, place.path(), indexed);
    Listed listed = new Listed(directory, place.path(), part, exclusions, scanning);
    Gathered gathered = new Gathered(listed.most());
    List<Found> window = listed.next();
    while (!window.isEmpty()) {
      others(directory, place, window, gathered);
      window = listed.next();
    }
    for (Gathered.Waiting each : gathered.directories()) {
      take(place, each.found(), look(directory, place, each.found(), false), each.at(), gathered);
    }
    for (int at : listed.vanished()) {
      forget(place, part.before().entries().get(at), part.before().keys().get(at));
    }
    return put(place, row, part.with(gathered.rows(), place.path()));
  }

  /** Looks at all that are no directories; these come when all others of the directory are done. */
  private void others(Directory directory, Place place, List<Found> window, Gathered gathered)
      throws IOException {
    boolean isCrowded = window.stream().filter(Found::isToBeRead).count() >= MANY_FILES;
    List<Look> looks = new ArrayList<>(window.size());
    for (Found each : window) {
      looks.add(
          each.status().type() == FileStatus.Type.DIRECTORY
              ? new Look.Gone()
              : look(directory, place, each, isCrowded));
    }
    for (int at = 0; at < looks.size(); at++) {
      Found found = window.get(at);
      int row = gathered.next();
      if (found.status().type() == FileStatus.Type.DIRECTORY) {
        gathered.await(found, row);
      } else {
        take(place, found, looking.settled(directory, found, looks.get(at)), row, gathered);
      }
    }
  }

  private void take(Place place, Found found, Look look, int row, Gathered gathered)
      throws IOException {
    Entry before = found.old();
    if (!(look instanceof Look.Seen(Entry entry, LocalKey key))) {
      if (before != null) {
        forget(place, before, found.oldKey()); // it went after its status was asked for
      }
      return;
    }
    gathered.put(row, entry, key);
    TreePath path = place.path().child(found.name());
    if (before != null && !place.isMoved() && isReplaced(found, entry)) {
      left(path, before, found.oldKey());
    }
    if ((place.isMoved() || !entry.equals(before)) && !(entry instanceof Entry.Subtree)) {
      noteChange(path);
    }
  }

  private void forget(Place place, Entry entry, LocalKey key) throws IOException {
    if (place.isMoved()) {
      return; // of its former place, which is forgotten as a whole
    }
    TreePath path = place.path().child(entry.name());
    noteChange(path);
    left(path, entry, key);
  }

  /** Nothing, or something else, is at that path now. */
  private void left(TreePath path, Entry entry, LocalKey key) throws IOException {
    boolean isPart = !(scope instanceof Scope.Everything);
    if (isPart && key.isShared()) {
      throw new WholeNeeded(path);
    }
    if (entry instanceof Entry.Subtree) {
      if (isPart) {
        checkLinks(path);
      }
      gone.add(path);
    }
  }

  private void checkLinks(TreePath path) throws IOException {
    IndexedTree row = index.directory(path).orElse(IndexedTree.EMPTY);
    if (row.keys().stream().anyMatch(LocalKey::isShared)) {
      throw new WholeNeeded(path);
    }
    for (Entry entry : row.tree().entries()) {
      if (entry instanceof Entry.Subtree) {
        checkLinks(path.child(entry.name()));
      }
    }
  }

  private static boolean isReplaced(Found found, Entry fresh) {
    return fresh instanceof Entry.Subtree
        ? found.old() instanceof Entry.Subtree && !found.isSameDirectory()
        : found.old() instanceof Entry.Subtree
            || (found.oldKey().isShared() && !(fresh instanceof Entry.File));
  }

  private Entry.Subtree put(Place place, Optional<IndexedTree> row, Rows rows) throws IOException {
    IndexedTree old = row.orElse(IndexedTree.EMPTY);
    boolean isSame = rows.entries().equals(old.tree().entries());
    IndexedTree fresh =
        isSame
            ? new IndexedTree(old.code(), old.tree(), rows.keys())
            : IndexedTree.of(new Tree(rows.entries()), rows.keys());
    if (fresh.code().length() > TreeCode.LARGEST_BYTES) {
      throw new TooLarge(
          place.path(),
          "its entries take %d bytes of at most %d"
              .formatted(fresh.code().length(), TreeCode.LARGEST_BYTES));
    }
    if (place.isWhole()) {
      putAnew.add(place.path());
    }
    if (!isSame || place.isWhole() || row.isEmpty() || !rows.keys().equals(old.keys())) {
      index.putDirectory(place.path(), fresh, place.inode());
    }
    Totals totals = fresh.tree().totals();
    return new Entry.Subtree(
        place.name(), place.metadata(), TreeCode.hash(fresh.encoded()), totals);
  }

  private Look look(Directory directory, Place place, Found found, boolean isCrowded)
      throws IOException {
    FileStatus status = found.status();
    TreePath path = place.path().child(found.name());
    if (status.device() != device) {
      return Looking.withheld(found.name(), Entry.Withheld.Reason.OTHER_FILE_SYSTEM);
    }
    if (orders.withhold().contains(path)) {
      return Looking.withheld(found.name(), Entry.Withheld.Reason.CHANGING);
    }
    try {
      return switch (status.type()) {
        case FILE -> looking.file(directory, path, found, place.isMoved(), isCrowded);
        case DIRECTORY -> directory(directory, place, path, found);
        case SYMLINK, FIFO, SOCKET, CHARACTER_DEVICE, BLOCK_DEVICE ->
            Looking.other(directory, found);
      };
    } catch (SystemCallException refused) {
      return Looking.refused(found.name(), refused);
    }
  }

  private Look directory(Directory parent, Place above, TreePath path, Found found)
      throws IOException {
    if (above.depth() + 1 > DEEPEST
        || path.bytes().length + Name.LONGEST_BYTES >= TreePath.LONGEST_BYTES) {
      return Looking.withheld(found.name(), Entry.Withheld.Reason.TOO_LARGE);
    }
    Metadata metadata = FileReading.metadata(found.status(), Looking.attributes(parent, found));
    LocalKey key = LocalKey.of(found.status(), true);
    // A name that is told of was made or moved: the same inode number may be another directory.
    boolean isTold = scope.named(above.path()).contains(found.name());
    boolean isStaying = found.isSameDirectory() && !isTold && !above.isMoved() && !above.isWhole();
    if (isStaying && !scope.reaches(path) && found.old() instanceof Entry.Subtree old) {
      return new Look.Seen(
          new Entry.Subtree(found.name(), metadata, old.tree(), old.inside()), key);
    }
    TreePath base =
        found.isSameDirectory()
            ? above.base().child(found.name())
            : index.pathOf(found.status().inode()).orElse(path);
    Place place =
        new Place(
            path,
            base,
            found.name(),
            metadata,
            found.status().inode(),
            !isStaying,
            above.depth() + 1);
    try (Directory directory = parent.directory(found.name().bytes())) {
      return new Look.Seen(inside(directory, place), key);
    } catch (TooLarge tooLarge) {
      index.removeWithin(path);
      return Looking.withheld(found.name(), Entry.Withheld.Reason.TOO_LARGE);
    }
  }

  /** As {@link #subtree}; nobody uses the directory any more when this ends, however it ends. */
  private Entry.Subtree inside(Directory directory, Place place) throws IOException {
    try {
      return subtree(directory, place);
    } catch (SystemCallException | TooLarge refused) {
      readers.awaitAll();
      throw refused;
    } catch (IOException | RuntimeException | Error failed) {
      readers.close();
      throw failed;
    }
  }
}
