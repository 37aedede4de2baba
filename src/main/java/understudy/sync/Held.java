package understudy.sync;

import java.io.IOException;
import java.util.Optional;
import understudy.linux.Directory;
import understudy.linux.FileStatus;
import understudy.linux.SystemCallException;
import understudy.sync.plan.Bytes;
import understudy.sync.plan.Entry;
import understudy.sync.plan.Hash;
import understudy.sync.plan.Metadata;
import understudy.sync.plan.Totals;
import understudy.sync.plan.TreePath;

/** A directory of the tree, held while something is done in it; the root stays with its owner. */
record Held(Directory directory, boolean isOwned) implements AutoCloseable {
  private static final int USUAL = 0755;

  static Held open(Directory root, TreePath path) throws SystemCallException {
    return path.isRoot() ? new Held(root, false) : new Held(root.directory(path.bytes()), true);
  }

  /** Opens it, made with all above it where missing. */
  static Held ensure(Directory root, TreePath path) throws SystemCallException {
    try {
      return open(root, path);
    } catch (SystemCallException missing) {
      if (!missing.isMissing()) {
        throw missing;
      }
    }
    try (Held above = ensure(root, path.parent())) {
      above.directory().createDirectory(path.name().bytes(), USUAL);
      return new Held(above.directory().directory(path.name().bytes()), true);
    }
  }

  @Override
  public void close() {
    if (isOwned) {
      directory.close();
    }
  }

  /** A look at one entry of the tree, for the row that says what was put aside. */
  record Look(Directory parent, TreePath path) {
    private static final Hash UNKNOWN = Hash.over(new byte[0]);

    Entry entry() throws IOException {
      FileStatus status = parent.status(path.name().bytes());
      Metadata metadata = FileReading.metadata(status, java.util.List.of());
      return switch (status.type()) {
        case FILE ->
            new Entry.File(path.name(), metadata, status.sizeBytes(), UNKNOWN, Optional.empty());
        case DIRECTORY -> new Entry.Subtree(path.name(), metadata, UNKNOWN, inside());
        case SYMLINK ->
            new Entry.Symlink(
                path.name(), metadata, new Bytes(parent.readLink(path.name().bytes())));
        case FIFO, SOCKET, CHARACTER_DEVICE, BLOCK_DEVICE ->
            new Entry.Special(
                path.name(),
                metadata,
                Entry.Special.Kind.valueOf(status.type().name()),
                status.special());
      };
    }

    private Totals inside() throws IOException {
      try (Directory directory = parent.directory(path.name().bytes())) {
        return count(directory);
      }
    }

    private static Totals count(Directory directory) throws IOException {
      Totals totals = Totals.NONE;
      for (byte[] name : directory.names()) {
        Optional<FileStatus> status = directory.find(name);
        if (status.isEmpty()) {
          continue;
        }
        switch (status.get().type()) {
          case FILE -> totals = totals.plus(new Totals(1, 1, status.get().sizeBytes(), 0));
          case DIRECTORY -> {
            try (Directory below = directory.directory(name)) {
              totals = totals.plus(new Totals(1, 0, 0, 0)).plus(count(below));
            }
          }
          case SYMLINK, FIFO, SOCKET, CHARACTER_DEVICE, BLOCK_DEVICE ->
              totals = totals.plus(new Totals(1, 0, 0, 0));
        }
      }
      return totals;
    }
  }
}
