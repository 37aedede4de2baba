package understudy.sync;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import understudy.linux.Directory;
import understudy.linux.FileStatus;
import understudy.linux.SystemCallException;
import understudy.sync.plan.Attribute;
import understudy.sync.plan.Bytes;
import understudy.sync.plan.Entry;
import understudy.sync.plan.Exclusions;
import understudy.sync.plan.Hash;
import understudy.sync.plan.Metadata;
import understudy.sync.plan.Name;
import understudy.sync.plan.Totals;
import understudy.sync.plan.Tree;
import understudy.sync.plan.TreeCode;
import understudy.sync.plan.TreePath;
import understudy.time.Clock;

/**
 * Looks at a dataset, or at those of its directories that a {@link Scope} names, and brings the
 * index up to date: names and status of every entry, content only of files whose local key is new.
 * Within a directory other entries come before subdirectories; in that order the first name of a
 * hard-linked file is the one that the others are linked to. One use, by one thread, inside one
 * transaction of the index.
 */
final class Scanner {
  /** Deeper directories are withheld: each level holds a descriptor while it is scanned. */
  static final int DEEPEST = 1000;

  /** From so many files to read in one directory on, several are read at once. */
  private static final int MANY_FILES = 4;

  private static final long LARGE_BYTES = 1 << 20;

  /** What a scan is asked to do otherwise than usual. */
  record Orders(Set<TreePath> reread, Set<TreePath> withhold) {
    static final Orders NONE = new Orders(Set.of(), Set.of());
  }

  /** A part of the tree cannot be brought up to date alone: hard links lead out of it. */
  static final class WholeNeeded extends IOException {
    private static final long serialVersionUID = 1L;

    WholeNeeded(TreePath path) {
      super("hard links of '" + path + "' may lead anywhere");
    }
  }

  /** A directory whose block would be larger than a peer takes. */
  private static final class TooLarge extends IOException {
    private static final long serialVersionUID = 1L;

    TooLarge(TreePath path, int bytes) {
      super(
          "directory '%s' is too large: its entries take %d bytes of at most %d"
              .formatted(path, bytes, TreeCode.LARGEST_BYTES));
    }
  }

  private final Index index;
  private final Exclusions exclusions;
  private final Readers readers;
  private final Scanning scanning;
  private final Orders orders;
  private final Scope scope;
  private final Map<Long, First> firstNames = new HashMap<>();
  private final List<TreePath> gone = new ArrayList<>();
  private final Set<TreePath> putAnew = new HashSet<>();
  private final List<TreePath> changed = new ArrayList<>();
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
  }

  /** The root directory's entry after the scan. Throws {@link WholeNeeded} only for a part. */
  Entry.Subtree scan(Directory root) throws IOException {
    try (readers) {
      FileStatus status = root.status();
      device = status.device();
      Metadata metadata = FileReading.metadata(status, FileReading.attributes(root, new byte[0]));
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

  private void noteChange(TreePath path) {
    if (changed.size() < History.MOST_CHANGES) {
      changed.add(path);
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

  /** The first name of a file that has several, and what reading it gave, if it was read. */
  private record First(TreePath path, @Nullable Future<FileReading.Outcome> reading) {}

  /** One directory while it is scanned: its old rows, walked in step with the names on disk. */
  private static final class Old {
    private final IndexedTree indexed;
    private int at;

    Old(IndexedTree indexed) {
      this.indexed = indexed;
    }

    /** Moves to that name; answers whether it is there. */
    boolean moveTo(Name name, List<Integer> passedOver) {
      List<Entry> entries = indexed.tree().entries();
      while (at < entries.size() && entries.get(at).name().compareTo(name) < 0) {
        passedOver.add(at++);
      }
      return at < entries.size() && entries.get(at).name().equals(name);
    }

    Entry entry() {
      return indexed.tree().entries().get(at);
    }

    LocalKey key() {
      return indexed.keys().get(at++);
    }
  }

  private record Found(Name name, FileStatus status, @Nullable Entry old, LocalKey oldKey) {
    boolean isSameDirectory() {
      return old instanceof Entry.Subtree && oldKey.inode() == status.inode();
    }
  }

  /** What is known of an entry: all of it, or all once a reading has ended. */
  private sealed interface Look {
    record Seen(Entry entry, LocalKey key) implements Look {}

    record Reading(Future<FileReading.Outcome> outcome, Optional<TreePath> linkedTo)
        implements Look {}

    record Gone() implements Look {}
  }

  private Entry.Subtree subtree(Directory directory, Place place) throws IOException {
    Optional<IndexedTree> row = index.directory(place.base());
    if (row.isPresent() && !place.isWhole() && !scope.lists(place.path())) {
      Optional<Entry.Subtree> partly = partly(directory, place, row.get());
      if (partly.isPresent()) {
        return partly.get();
      }
    }
    IndexedTree indexed = row.orElse(IndexedTree.EMPTY);
    List<Integer> vanished = new ArrayList<>();
    List<Found> found = list(directory, place.path(), new Old(indexed), vanished);
    List<Look> looks = new ArrayList<>(found.size());
    boolean isCrowded = found.stream().filter(this::isToBeRead).count() >= MANY_FILES;
    for (Found each : found) {
      looks.add(
          each.status().type() == FileStatus.Type.DIRECTORY
              ? new Look.Gone()
              : look(directory, place, each, isCrowded));
    }
    for (int at = 0; at < looks.size(); at++) {
      if (found.get(at).status().type() == FileStatus.Type.DIRECTORY) {
        looks.set(at, look(directory, place, found.get(at), isCrowded));
      }
    }
    for (int at : vanished) {
      forget(place, indexed, at);
    }
    return keep(directory, place, row, found, looks);
  }

  private boolean isToBeRead(Found found) {
    return found.status().type() == FileStatus.Type.FILE
        && !(found.oldKey().isOf(found.status()) && found.oldKey().isSettled());
  }

  /** Goes on to the directories below that the scope names; empty when this has to be listed. */
  private Optional<Entry.Subtree> partly(Directory directory, Place place, IndexedTree indexed)
      throws IOException {
    List<Entry> entries = new ArrayList<>(indexed.tree().entries());
    List<LocalKey> keys = new ArrayList<>(indexed.keys());
    for (int at = 0; at < entries.size(); at++) {
      Name name = entries.get(at).name();
      TreePath child = place.path().child(name);
      if (!scope.reaches(child) || exclusions.excludes(child)) {
        continue;
      }
      Optional<FileStatus> status = directory.find(name.bytes());
      if (status.isEmpty()
          || status.get().type() != FileStatus.Type.DIRECTORY
          || !(entries.get(at) instanceof Entry.Subtree)) {
        return Optional.empty();
      }
      scanning.sawEntry();
      Look look =
          look(
              directory,
              place,
              new Found(name, status.get(), entries.get(at), keys.get(at)),
              false);
      if (!(look instanceof Look.Seen(Entry entry, LocalKey key))) {
        return Optional.empty();
      }
      entries.set(at, entry);
      keys.set(at, key);
    }
    return Optional.of(put(place, Optional.of(indexed), entries, keys));
  }

  private List<Found> list(Directory directory, TreePath path, Old old, List<Integer> vanished)
      throws IOException {
    List<Name> names = new ArrayList<>();
    for (byte[] each : directory.names()) {
      names.add(Name.of(each));
    }
    names.sort(null);
    List<Found> found = new ArrayList<>(names.size());
    for (Name each : names) {
      if ((path.isRoot() && each.equals(Reserved.AREA))
          || (!exclusions.isEmpty() && exclusions.excludes(path.child(each)))) {
        continue;
      }
      Optional<FileStatus> status = directory.find(each.bytes());
      if (status.isPresent()) {
        scanning.sawEntry();
        boolean isKnown = old.moveTo(each, vanished);
        Entry entry = isKnown ? old.entry() : null;
        found.add(new Found(each, status.get(), entry, isKnown ? old.key() : LocalKey.NONE));
      }
    }
    while (old.at < old.indexed.tree().entries().size()) {
      vanished.add(old.at++);
    }
    return found;
  }

  private void forget(Place place, IndexedTree indexed, int at) throws IOException {
    Entry entry = indexed.tree().entries().get(at);
    if (place.isMoved()) {
      return; // of its former place, which is forgotten as a whole
    }
    TreePath path = place.path().child(entry.name());
    noteChange(path);
    left(path, entry, indexed.keys().get(at));
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

  private Entry.Subtree keep(
      Directory directory,
      Place place,
      Optional<IndexedTree> row,
      List<Found> found,
      List<Look> looks)
      throws IOException {
    List<Entry> entries = new ArrayList<>(looks.size());
    List<LocalKey> keys = new ArrayList<>(looks.size());
    for (int at = 0; at < looks.size(); at++) {
      Found one = found.get(at);
      if (!(settled(directory, one, looks.get(at))
          instanceof Look.Seen(Entry entry, LocalKey key))) {
        continue;
      }
      entries.add(entry);
      keys.add(key);
      Entry before = one.old();
      TreePath path = place.path().child(one.name());
      if (before != null && !place.isMoved() && isReplaced(one, entry)) {
        left(path, before, one.oldKey());
      }
      if ((place.isMoved() || !entry.equals(before)) && !(entry instanceof Entry.Subtree)) {
        noteChange(path);
      }
    }
    return put(place, row, entries, keys);
  }

  private static boolean isReplaced(Found found, Entry fresh) {
    return fresh instanceof Entry.Subtree
        ? found.old() instanceof Entry.Subtree && !found.isSameDirectory()
        : found.old() instanceof Entry.Subtree
            || (found.oldKey().isShared() && !(fresh instanceof Entry.File));
  }

  private Look settled(Directory directory, Found found, Look look) throws IOException {
    return switch (look) {
      case Look.Seen seen -> seen;
      case Look.Gone gone -> gone;
      case Look.Reading reading -> {
        try {
          yield settled(directory, found, reading);
        } catch (SystemCallException refused) {
          yield refused(found.name(), refused);
        }
      }
    };
  }

  private Look settled(Directory directory, Found found, Look.Reading reading) throws IOException {
    byte[] name = found.name().bytes();
    FileReading.Outcome outcome = readers.await(reading.outcome());
    Optional<TreePath> linkedTo = reading.linkedTo();
    if (linkedTo.isPresent() && !(outcome instanceof FileReading.Outcome.Read)) {
      linkedTo = Optional.empty(); // its first name is not to be had: this one stands for itself
      outcome = readers.await(readers.readNow(directory, name));
    }
    return switch (outcome) {
      case FileReading.Outcome.Read read ->
          seen(
              found.name(),
              read.status(),
              FileReading.attributes(directory, name),
              read.content(),
              linkedTo,
              read.isSettled());
      case FileReading.Outcome.Withheld withheld -> withheld(found.name(), withheld.reason());
      case FileReading.Outcome.Gone _ -> new Look.Gone();
    };
  }

  private Entry.Subtree put(
      Place place, Optional<IndexedTree> row, List<Entry> entries, List<LocalKey> keys)
      throws IOException {
    IndexedTree old = row.orElse(IndexedTree.EMPTY);
    boolean isSame = entries.equals(old.tree().entries());
    IndexedTree fresh =
        isSame
            ? new IndexedTree(old.code(), old.tree(), keys)
            : IndexedTree.of(new Tree(entries), keys);
    if (fresh.code().length() > TreeCode.LARGEST_BYTES) {
      throw new TooLarge(place.path(), fresh.code().length());
    }
    if (place.isWhole()) {
      putAnew.add(place.path());
    }
    if (!isSame || place.isWhole() || row.isEmpty() || !keys.equals(old.keys())) {
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
      return withheld(found.name(), Entry.Withheld.Reason.OTHER_FILE_SYSTEM);
    }
    if (orders.withhold().contains(path)) {
      return withheld(found.name(), Entry.Withheld.Reason.CHANGING);
    }
    try {
      return switch (status.type()) {
        case FILE -> file(directory, place, found, isCrowded);
        case DIRECTORY -> directory(directory, place, path, found);
        case SYMLINK, FIFO, SOCKET, CHARACTER_DEVICE, BLOCK_DEVICE -> other(directory, found);
      };
    } catch (SystemCallException refused) {
      return refused(found.name(), refused);
    }
  }

  private static Look refused(Name name, SystemCallException refused) {
    return switch (refused.error()) {
      case SystemCallException.NO_ENTRY -> new Look.Gone();
      case SystemCallException.CROSS_DEVICE ->
          withheld(name, Entry.Withheld.Reason.OTHER_FILE_SYSTEM);
      default -> withheld(name, Entry.Withheld.Reason.UNREADABLE);
    };
  }

  private static Look.Seen withheld(Name name, Entry.Withheld.Reason reason) {
    return new Look.Seen(new Entry.Withheld(name, reason), LocalKey.NONE);
  }

  private Look file(Directory directory, Place place, Found found, boolean isCrowded)
      throws IOException {
    TreePath path = place.path().child(found.name());
    FileStatus status = found.status();
    boolean isKnown =
        found.old() instanceof Entry.File known
            && found.oldKey().isSettled()
            && found.oldKey().isOf(status)
            && known.sizeBytes() == status.sizeBytes()
            && known.carried().isModifiedAt(status.mtimeSeconds(), status.mtimeNanos())
            && !orders.reread().contains(path);
    boolean isShared = status.links() > 1;
    if (!(scope instanceof Scope.Everything) && (isShared || found.oldKey().isShared())) {
      if (isKnown
          && !place.isMoved()
          && isShared == found.oldKey().isShared()
          && found.old() instanceof Entry.File old) {
        return known(found, old, old.linkedTo());
      }
      throw new WholeNeeded(path);
    }
    First first = isShared ? firstNames.get(status.inode()) : null;
    Optional<TreePath> linkedTo = Optional.ofNullable(first).map(First::path);
    if (isKnown && found.old() instanceof Entry.File old) {
      if (isShared && first == null) {
        firstNames.put(status.inode(), new First(path, null));
      }
      return known(found, old, linkedTo);
    }
    if (first != null && first.reading() != null) {
      return new Look.Reading(first.reading(), linkedTo);
    }
    Future<FileReading.Outcome> reading =
        isCrowded || status.sizeBytes() >= LARGE_BYTES
            ? readers.read(directory, found.name().bytes())
            : readers.readNow(directory, found.name().bytes());
    if (isShared && first == null) {
      firstNames.put(status.inode(), new First(path, reading));
    }
    return new Look.Reading(reading, linkedTo);
  }

  private static Look known(Found found, Entry.File old, Optional<TreePath> linkedTo) {
    boolean isSame = old.linkedTo().equals(linkedTo) && carries(old.carried(), found.status());
    LocalKey key = LocalKey.of(found.status(), true);
    return isSame
        ? new Look.Seen(old, key)
        : seen(
            found.name(),
            found.status(),
            old.carried().attributes(),
            old.content(),
            linkedTo,
            true);
  }

  private static boolean carries(Metadata metadata, FileStatus status) {
    return metadata.mode() == status.mode()
        && metadata.uid() == status.uid()
        && metadata.gid() == status.gid();
  }

  private static Look.Seen seen(
      Name name,
      FileStatus status,
      List<Attribute> attributes,
      Hash content,
      Optional<TreePath> linkedTo,
      boolean isSettled) {
    return new Look.Seen(
        new Entry.File(
            name, FileReading.metadata(status, attributes), status.sizeBytes(), content, linkedTo),
        LocalKey.of(status, isSettled));
  }

  private Look directory(Directory parent, Place above, TreePath path, Found found)
      throws IOException {
    if (above.depth() + 1 > DEEPEST
        || path.bytes().length + Name.LONGEST_BYTES >= TreePath.LONGEST_BYTES) {
      return withheld(found.name(), Entry.Withheld.Reason.TOO_LARGE);
    }
    Metadata metadata = FileReading.metadata(found.status(), attributes(parent, found));
    LocalKey key = LocalKey.of(found.status(), true);
    boolean isStaying = found.isSameDirectory() && !above.isMoved() && !above.isWhole();
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
      return withheld(found.name(), Entry.Withheld.Reason.TOO_LARGE);
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

  /** As the index has them when nothing can have changed them, else read. */
  private static List<Attribute> attributes(Directory directory, Found found)
      throws SystemCallException {
    Entry old = found.old();
    return old != null && old.metadata().isPresent() && found.oldKey().isOf(found.status())
        ? old.metadata().get().attributes()
        : FileReading.attributes(directory, found.name().bytes());
  }

  private static Look other(Directory directory, Found found) throws IOException {
    FileStatus status = found.status();
    Metadata metadata = FileReading.metadata(status, attributes(directory, found));
    Entry entry =
        switch (status.type()) {
          case SYMLINK ->
              new Entry.Symlink(
                  found.name(), metadata, new Bytes(directory.readLink(found.name().bytes())));
          case FIFO -> special(found, metadata, Entry.Special.Kind.FIFO);
          case SOCKET -> special(found, metadata, Entry.Special.Kind.SOCKET);
          case CHARACTER_DEVICE -> special(found, metadata, Entry.Special.Kind.CHARACTER_DEVICE);
          case BLOCK_DEVICE -> special(found, metadata, Entry.Special.Kind.BLOCK_DEVICE);
          case FILE, DIRECTORY -> throw new IllegalArgumentException("handled elsewhere");
        };
    return new Look.Seen(entry, LocalKey.of(status, true));
  }

  private static Entry special(Found found, Metadata metadata, Entry.Special.Kind kind) {
    return new Entry.Special(found.name(), metadata, kind, found.status().special());
  }
}
