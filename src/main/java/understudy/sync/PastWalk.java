package understudy.sync;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import understudy.linux.Directory;
import understudy.linux.FileStatus;
import understudy.linux.OpenFile;
import understudy.linux.SystemCallException;
import understudy.sync.plan.Bytes;
import understudy.sync.plan.Entry;
import understudy.sync.plan.Exclusions;
import understudy.sync.plan.Hash;
import understudy.sync.plan.Metadata;
import understudy.sync.plan.Name;
import understudy.sync.plan.PastView;
import understudy.sync.plan.PastView.Origin;
import understudy.sync.plan.Totals;
import understudy.sync.plan.TreeCode;
import understudy.sync.plan.TreePath;

/**
 * Walks kept content, wherever its parts lie, and hands each piece to a visitor: a directory before
 * what is in it and again after it. One use, by one thread.
 */
final class PastWalk {
  private static final Hash UNKNOWN = Hash.over(new byte[0]);
  private static final int MOST_LINKED = 100_000;

  private final Directory root;
  private final UndoArea undo;
  private final PastView view;
  private final Exclusions exclusions;
  private final Map<Long, TreePath> firstNames = new HashMap<>();

  /** What is found; paths are relative to what was wanted, whose own path is the root. */
  interface Visitor {
    void entry(TreePath path, Entry entry, Content content, boolean isKept) throws IOException;

    default void leaving(TreePath path, Entry.Subtree directory) throws IOException {}

    /** Whether to go into a directory. */
    default boolean enters(TreePath path) {
      return true;
    }
  }

  /** A file's bytes. */
  interface Content {
    /** Hands them over, part after part; the array is used again. */
    void read(Parts parts) throws IOException;

    /** Copies them inside the kernel; false, and nothing done, where that cannot be. */
    default boolean copyTo(OpenFile target, long sizeBytes) throws IOException {
      return false;
    }
  }

  /** Takes a file's bytes. */
  interface Parts {
    void take(byte[] bytes, int length) throws IOException;
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Local(Directory directory, byte[] name) implements Content {
    @Override
    public void read(Parts parts) throws IOException {
      byte[] buffer = new byte[OpenFile.CHUNK_BYTES];
      try (OpenFile file = directory.read(name)) {
        int read = file.read(buffer, 0, buffer.length);
        while (read > 0) {
          parts.take(buffer, read);
          read = file.read(buffer, 0, buffer.length);
        }
      }
    }

    @Override
    public boolean copyTo(OpenFile target, long sizeBytes) throws IOException {
      try (OpenFile file = directory.read(name)) {
        long left = sizeBytes;
        while (left > 0) {
          long copied = file.copyTo(target, left);
          if (copied == 0) {
            return left < sizeBytes; // it is shorter by now
          }
          left -= copied;
        }
        return true;
      } catch (SystemCallException otherFileSystem) {
        if (otherFileSystem.isFull()) {
          throw otherFileSystem;
        }
        return false;
      }
    }
  }

  PastWalk(Directory root, UndoArea undo, PastView view, Exclusions exclusions) {
    this.root = root;
    this.undo = undo;
    this.view = view;
    this.exclusions = exclusions;
  }

  /** Where an entry lies. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Place(byte[] path, boolean isKept, Optional<UndoArea.Row> patched) {
    Place(byte[] path, boolean isKept) {
      this(path, isKept, Optional.empty());
    }

    Place child(Name name) {
      byte[] own = name.bytes();
      if (path.length == 0) {
        return new Place(own, isKept);
      }
      byte[] joined = Arrays.copyOf(path, path.length + 1 + own.length);
      joined[path.length] = '/';
      System.arraycopy(own, 0, joined, path.length + 1, own.length);
      return new Place(joined, isKept);
    }
  }

  private Place kept(long id, TreePath below) throws IOException {
    Place place = kept(id);
    for (Name name : namesBetween(TreePath.ROOT, below)) {
      place = place.child(name);
    }
    return place;
  }

  private Place kept(long id) throws IOException {
    UndoArea.Row row =
        undo.find(id)
            .orElseThrow(
                () ->
                    new SyncRefused(
                        SyncRefused.Code.NOTHING_KEPT,
                        "nothing is kept under the id " + id,
                        "see what is: understudy salvage list"));
    return new Place(row.placeBelowRoot(), true, Optional.of(row).filter(UndoArea.Row::isPatch));
  }

  /** Where that path lies in a kept piece that contains it. */
  static byte[] below(UndoArea.Row row, TreePath path) {
    Place place = new Place(row.placeBelowRoot(), true);
    for (Name name : namesBetween(row.undone().path(), path)) {
      place = place.child(name);
    }
    return place.path();
  }

  /** Hands over the piece with that id. */
  void piece(long id, Visitor visitor) throws IOException {
    visit(kept(id), TreePath.ROOT, TreePath.ROOT, visitor);
  }

  /** Hands over what the view has at that path. */
  void at(TreePath path, Visitor visitor) throws IOException {
    Place place =
        switch (view.origin(path)) {
          case Origin.Now(TreePath today) -> new Place(today.bytes(), false);
          case Origin.Kept(long id, TreePath below) -> kept(id, below);
          case Origin.Absent _ -> throw absent(path);
        };
    visit(place, path, TreePath.ROOT, visitor);
  }

  private static SyncRefused absent(TreePath path) {
    return new SyncRefused(
        SyncRefused.Code.NOTHING_KEPT,
        "'" + path + "' did not exist then",
        "see what was kept: understudy salvage list " + path);
  }

  private static List<Name> namesBetween(TreePath above, TreePath path) {
    List<Name> names = new ArrayList<>();
    for (TreePath at = path; !at.equals(above); at = at.parent()) {
      names.addFirst(at.name());
    }
    return names;
  }

  private void visit(Place place, TreePath full, TreePath relative, Visitor visitor)
      throws IOException {
    try (Parent parent = parent(place)) {
      Optional<FileStatus> status =
          parent.name().length == 0
              ? Optional.of(parent.directory().status())
              : parent.directory().find(parent.name());
      if (status.isEmpty()) {
        if (relative.isRoot()) {
          throw absent(full);
        }
        return; // somebody removed it while this went on
      }
      Entry entry = entry(parent, relative, status.get());
      Content content =
          place.patched().isPresent()
              ? new PatchedContent(root, undo, place.patched().get())
              : new Local(parent.directory(), parent.name());
      visitor.entry(relative, entry, content, place.isKept());
      if (entry instanceof Entry.Subtree directory) {
        if (visitor.enters(relative)) {
          inside(place, full, relative, visitor);
        }
        visitor.leaving(relative, directory);
      }
    }
  }

  private void inside(Place place, TreePath full, TreePath relative, Visitor visitor)
      throws IOException {
    TreeSet<Name> names = new TreeSet<>();
    try (Directory directory = directory(place)) {
      for (byte[] each : directory.names()) {
        names.add(Name.of(each));
      }
    }
    if (!place.isKept()) {
      names.removeIf(name -> exclusions.excludes(full.child(name)));
    }
    if (full.isRoot() && !place.isKept()) {
      names.remove(Reserved.AREA);
    }
    names.addAll(view.namesIn(full));
    for (Name name : names) {
      TreePath child = full.child(name);
      Optional<Origin> origin = view.of(child);
      Place there = place.child(name);
      if (origin.isPresent()) {
        switch (origin.get()) {
          case Origin.Now(TreePath today) -> there = new Place(today.bytes(), false);
          case Origin.Kept(long id, TreePath below) -> there = kept(id, below);
          case Origin.Absent _ -> {
            continue;
          }
        }
      }
      visit(there, child, relative.child(name), visitor);
    }
  }

  /** A held directory and a name in it; an empty name means the directory itself. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Parent(Directory directory, byte[] name, boolean isOwned)
      implements AutoCloseable {
    @Override
    public void close() {
      if (isOwned) {
        directory.close();
      }
    }
  }

  private Parent parent(Place place) throws SystemCallException {
    byte[] path = place.path();
    if (path.length == 0) {
      return new Parent(root, path, false);
    }
    for (int at = path.length - 1; at >= 0; at--) {
      if (path[at] == '/') {
        return new Parent(
            root.directory(Arrays.copyOf(path, at)),
            Arrays.copyOfRange(path, at + 1, path.length),
            true);
      }
    }
    return new Parent(root, path, false);
  }

  private Directory directory(Place place) throws SystemCallException {
    return root.directory(place.path().length == 0 ? new byte[] {'.'} : place.path());
  }

  private Entry entry(Parent parent, TreePath relative, FileStatus status) throws IOException {
    Directory directory = parent.directory();
    byte[] bytes = parent.name();
    Name name = relative.isRoot() ? TreeCode.ROOT_NAME : relative.name();
    Metadata metadata =
        FileReading.metadata(status, FileReading.attributes(directory, bytes, status));
    return switch (status.type()) {
      case FILE ->
          new Entry.File(name, metadata, status.sizeBytes(), UNKNOWN, link(relative, status));
      case DIRECTORY -> new Entry.Subtree(name, metadata, UNKNOWN, Totals.NONE);
      case SYMLINK -> new Entry.Symlink(name, metadata, new Bytes(directory.readLink(bytes)));
      case FIFO, SOCKET, CHARACTER_DEVICE, BLOCK_DEVICE ->
          new Entry.Special(
              name, metadata, Entry.Special.Kind.valueOf(status.type().name()), status.special());
    };
  }

  private Optional<TreePath> link(TreePath relative, FileStatus status) {
    if (status.links() < 2 || relative.isRoot()) {
      return Optional.empty();
    }
    TreePath first = firstNames.get(status.inode());
    if (first == null && firstNames.size() < MOST_LINKED) {
      firstNames.put(status.inode(), relative);
    }
    return Optional.ofNullable(first);
  }
}
