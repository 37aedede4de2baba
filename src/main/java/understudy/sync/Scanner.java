package understudy.sync;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import understudy.linux.Directory;
import understudy.linux.FileStatus;
import understudy.linux.SystemCallException;
import understudy.sync.plan.Attribute;
import understudy.sync.plan.Bytes;
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
 * Looks at a whole dataset once and brings its index up to date: names and status of every entry,
 * content only of files whose local key is new. Within a directory other entries come before
 * subdirectories; in that order the first name of a hard-linked file is the one that the others are
 * linked to. One use, by one thread, inside one transaction of the index.
 */
final class Scanner {
  /** Deeper directories are withheld: each level holds a descriptor while it is scanned. */
  static final int DEEPEST = 1000;

  /** What a scan is asked to do otherwise than usual. */
  record Orders(Set<TreePath> reread, Set<TreePath> withhold) {
    static final Orders NONE = new Orders(Set.of(), Set.of());
  }

  private final Index index;
  private final Exclusions exclusions;
  private final FileReading reading;
  private final Scanning scanning;
  private final Orders orders;
  private final Map<Long, TreePath> firstNames = new HashMap<>();
  private final List<TreePath> changed = new ArrayList<>();
  private long device;

  Scanner(
      Index index,
      Exclusions exclusions,
      Clock clock,
      RecentContent recent,
      Orders orders,
      Scanning scanning) {
    this.index = index;
    this.exclusions = exclusions;
    this.reading = new FileReading(clock, recent, scanning);
    this.orders = orders;
    this.scanning = scanning;
  }

  /** The root directory's entry after the scan. */
  Entry.Subtree scan(Directory root) throws IOException {
    FileStatus status = root.status();
    device = status.device();
    Metadata metadata = FileReading.metadata(status, FileReading.attributes(root, new byte[0]));
    return subtree(root, TreePath.ROOT, TreeCode.ROOT_NAME, metadata, 0);
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

  /** One directory while it is scanned: its old rows, walked in step with the names on disk. */
  private static final class Old {
    private final IndexedTree indexed;
    private int at;

    Old(IndexedTree indexed) {
      this.indexed = indexed;
    }

    /** Moves to that name; answers whether it is there. */
    boolean moveTo(Name name, List<Entry> passedOver) {
      List<Entry> entries = indexed.tree().entries();
      while (at < entries.size() && entries.get(at).name().compareTo(name) < 0) {
        passedOver.add(entries.get(at++));
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

  private record Found(Name name, FileStatus status, @Nullable Entry old, LocalKey oldKey) {}

  private record Seen(Entry entry, LocalKey key) {}

  private Entry.Subtree subtree(
      Directory directory, TreePath path, Name name, Metadata metadata, int depth)
      throws IOException {
    IndexedTree indexed = index.directory(path).orElse(IndexedTree.EMPTY);
    List<Entry> vanished = new ArrayList<>();
    List<Found> found = list(directory, path, new Old(indexed), vanished);
    @Nullable Seen[] seen = new Seen[found.size()];
    for (boolean subdirectories : new boolean[] {false, true}) {
      for (int at = 0; at < seen.length; at++) {
        boolean isDirectory = found.get(at).status().type() == FileStatus.Type.DIRECTORY;
        if (isDirectory == subdirectories) {
          seen[at] = look(directory, path.child(found.get(at).name()), found.get(at), depth);
        }
      }
    }
    for (Entry gone : vanished) {
      forget(path.child(gone.name()), gone);
    }
    return keep(path, name, metadata, indexed, found, seen);
  }

  private List<Found> list(Directory directory, TreePath path, Old old, List<Entry> vanished)
      throws IOException {
    List<Name> names = new ArrayList<>();
    for (byte[] each : directory.names()) {
      names.add(Name.of(each));
    }
    names.sort(null);
    List<Found> found = new ArrayList<>(names.size());
    for (Name each : names) {
      TreePath child = path.child(each);
      if ((path.isRoot() && each.equals(Reserved.AREA)) || exclusions.excludes(child)) {
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
      vanished.add(old.indexed.tree().entries().get(old.at++));
    }
    return found;
  }

  private void forget(TreePath path, Entry gone) throws IOException {
    noteChange(path);
    if (gone instanceof Entry.Subtree) {
      index.removeWithin(path);
    }
  }

  private Entry.Subtree keep(
      TreePath path,
      Name name,
      Metadata metadata,
      IndexedTree old,
      List<Found> found,
      @Nullable Seen[] seen)
      throws IOException {
    List<Entry> entries = new ArrayList<>(seen.length);
    List<LocalKey> keys = new ArrayList<>(seen.length);
    for (int at = 0; at < seen.length; at++) {
      Seen one = seen[at];
      if (one == null) {
        continue;
      }
      entries.add(one.entry());
      keys.add(one.key());
      Entry before = found.get(at).old();
      if (before instanceof Entry.Subtree && !(one.entry() instanceof Entry.Subtree)) {
        index.removeWithin(path.child(before.name()));
      }
      if (!one.entry().equals(before) && !(one.entry() instanceof Entry.Subtree)) {
        noteChange(path.child(one.entry().name()));
      }
    }
    boolean isSame = entries.equals(old.tree().entries());
    IndexedTree fresh =
        isSame
            ? new IndexedTree(old.code(), old.tree(), keys)
            : IndexedTree.of(new Tree(entries), keys);
    if (fresh.code().length() > TreeCode.LARGEST_BYTES) {
      throw new IOException(
          "directory '%s' is too large: its entries take %d bytes of at most %d"
              .formatted(path, fresh.code().length(), TreeCode.LARGEST_BYTES));
    }
    boolean isUnknown = entries.isEmpty() && index.encoded(path).isEmpty();
    if (!isSame || !keys.equals(old.keys()) || isUnknown) {
      index.putDirectory(path, fresh);
    }
    Totals totals = fresh.tree().totals();
    return new Entry.Subtree(name, metadata, TreeCode.hash(fresh.encoded()), totals);
  }

  private @Nullable Seen look(Directory directory, TreePath path, Found found, int depth)
      throws IOException {
    FileStatus status = found.status();
    if (status.device() != device) {
      return withheld(found.name(), Entry.Withheld.Reason.OTHER_FILE_SYSTEM);
    }
    if (orders.withhold().contains(path)) {
      return withheld(found.name(), Entry.Withheld.Reason.CHANGING);
    }
    try {
      return switch (status.type()) {
        case FILE -> file(directory, path, found);
        case DIRECTORY -> directory(directory, path, found, depth);
        case SYMLINK, FIFO, SOCKET, CHARACTER_DEVICE, BLOCK_DEVICE -> other(directory, found);
      };
    } catch (SystemCallException refused) {
      return refused.error() == SystemCallException.NO_ENTRY
          ? null
          : withheld(found.name(), Entry.Withheld.Reason.UNREADABLE);
    }
  }

  private static Seen withheld(Name name, Entry.Withheld.Reason reason) {
    return new Seen(new Entry.Withheld(name, reason), LocalKey.NONE);
  }

  private @Nullable Seen file(Directory directory, TreePath path, Found found) throws IOException {
    FileStatus status = found.status();
    Optional<TreePath> linkedTo =
        status.links() > 1
            ? Optional.ofNullable(firstNames.putIfAbsent(status.inode(), path))
            : Optional.empty();
    if (found.old() instanceof Entry.File old
        && found.oldKey().isSettled()
        && found.oldKey().isOf(status)
        && old.sizeBytes() == status.sizeBytes()
        && old.carried().isModifiedAt(status.mtimeSeconds(), status.mtimeNanos())
        && !orders.reread().contains(path)) {
      boolean isSame = old.linkedTo().equals(linkedTo) && carries(old.carried(), status);
      return isSame
          ? new Seen(old, found.oldKey())
          : seen(found.name(), status, old.carried().attributes(), old.content(), linkedTo, true);
    }
    return switch (reading.read(directory, found.name().bytes())) {
      case FileReading.Outcome.Read read ->
          seen(
              found.name(),
              read.status(),
              FileReading.attributes(directory, found.name().bytes()),
              read.content(),
              linkedTo,
              read.isSettled());
      case FileReading.Outcome.Withheld withheld -> withheld(found.name(), withheld.reason());
      case FileReading.Outcome.Gone _ -> null;
    };
  }

  private static boolean carries(Metadata metadata, FileStatus status) {
    return metadata.mode() == status.mode()
        && metadata.uid() == status.uid()
        && metadata.gid() == status.gid();
  }

  private static Seen seen(
      Name name,
      FileStatus status,
      List<Attribute> attributes,
      understudy.sync.plan.Hash content,
      Optional<TreePath> linkedTo,
      boolean isSettled) {
    return new Seen(
        new Entry.File(
            name, FileReading.metadata(status, attributes), status.sizeBytes(), content, linkedTo),
        LocalKey.of(status, isSettled));
  }

  private Seen directory(Directory parent, TreePath path, Found found, int depth)
      throws IOException {
    if (depth + 1 > DEEPEST || path.bytes().length + Name.LONGEST_BYTES >= TreePath.LONGEST_BYTES) {
      return withheld(found.name(), Entry.Withheld.Reason.TOO_LARGE);
    }
    try (Directory directory = parent.directory(found.name().bytes())) {
      Metadata metadata = FileReading.metadata(found.status(), attributes(parent, found));
      return new Seen(
          subtree(directory, path, found.name(), metadata, depth + 1),
          LocalKey.of(found.status(), true));
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

  private static Seen other(Directory directory, Found found) throws IOException {
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
    return new Seen(entry, LocalKey.of(status, true));
  }

  private static Entry special(Found found, Metadata metadata, Entry.Special.Kind kind) {
    return new Entry.Special(found.name(), metadata, kind, found.status().special());
  }
}
