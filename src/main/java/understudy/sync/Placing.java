package understudy.sync;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Arrays;
import java.util.Optional;
import understudy.linux.Directory;
import understudy.linux.FileStatus;
import understudy.linux.OpenFile;
import understudy.linux.SystemCallException;
import understudy.sync.plan.Entry;
import understudy.sync.plan.Metadata;
import understudy.sync.plan.TreePath;

/**
 * Writes restored content under a name in a held directory, never outside of it. A file is complete
 * when it has its time of modification, which comes last: what an interrupted restore has completed
 * is not written again. One use, by one thread.
 */
final class Placing implements PastWalk.Visitor {
  private static final int OWNER_ONLY = 0600;
  private static final int OWNER_ALL = 0700;

  private final Directory parent;
  private final byte[] name;
  private long files;
  private long bytes;
  private long entries;
  private long shortfalls;

  Placing(Directory parent, byte[] name) {
    this.parent = parent;
    this.name = name;
  }

  long files() {
    return files;
  }

  long bytes() {
    return bytes;
  }

  long entries() {
    return entries;
  }

  /** Entries that could not be given all they carry. */
  long shortfalls() {
    return shortfalls;
  }

  private byte[] place(TreePath path) {
    if (path.isRoot()) {
      return name;
    }
    byte[] joined = Arrays.copyOf(name, name.length + 1 + path.bytes().length);
    joined[name.length] = '/';
    System.arraycopy(path.bytes(), 0, joined, name.length + 1, path.bytes().length);
    return joined;
  }

  /** Something done in the directory that holds an entry. */
  private interface Deed {
    void in(Directory directory, byte[] last) throws IOException;
  }

  private void at(TreePath path, Deed deed) throws IOException {
    if (path.isRoot()) {
      deed.in(parent, name);
      return;
    }
    try (Directory above = parent.directory(place(path.parent()))) {
      deed.in(above, path.name().bytes());
    }
  }

  @Override
  public void entry(TreePath path, Entry entry, PastWalk.Content content, boolean isKept)
      throws IOException {
    if (Thread.currentThread().isInterrupted()) {
      throw new InterruptedIOException("the restore was interrupted");
    }
    entries++;
    at(path, (directory, last) -> place(directory, last, entry, content));
  }

  private void place(Directory directory, byte[] last, Entry entry, PastWalk.Content content)
      throws IOException {
    Optional<FileStatus> before = directory.find(last);
    switch (entry) {
      case Entry.Subtree _ -> {
        if (before.isPresent() && before.get().type() == FileStatus.Type.DIRECTORY) {
          Permissions.unlock(directory, last, before.get());
        } else {
          Reserved.removeAll(directory, last);
          directory.createDirectory(last, OWNER_ALL);
        }
      }
      case Entry.File file when file.linkedTo().isPresent() -> {
        Reserved.removeAll(directory, last);
        at(file.linkedTo().get(), (first, its) -> first.link(its, directory, last));
      }
      case Entry.File file -> {
        if (before.isEmpty() || !Dress.fits(before.get(), file)) {
          Reserved.removeAll(directory, last);
          write(directory, last, file, content);
          dress(directory, last, file);
        }
        files++;
        bytes += file.sizeBytes();
      }
      case Entry.Symlink symlink -> {
        Reserved.removeAll(directory, last);
        directory.createSymlink(last, symlink.target().bytes());
        dress(directory, last, symlink);
      }
      case Entry.Special special -> {
        Reserved.removeAll(directory, last);
        special(directory, last, special);
      }
      case Entry.Withheld _ -> throw new IllegalArgumentException("kept content is there");
    }
  }

  private void special(Directory directory, byte[] last, Entry.Special special)
      throws SystemCallException {
    try {
      directory.createNode(
          last, FileStatus.Type.valueOf(special.kind().name()), OWNER_ONLY, special.device());
      dress(directory, last, special);
    } catch (SystemCallException refused) {
      if (!refused.isNotPermitted()) {
        throw refused;
      }
      shortfalls++; // only root may create device nodes
    }
  }

  private static void write(
      Directory directory, byte[] last, Entry.File file, PastWalk.Content content)
      throws IOException {
    try (OpenFile to = directory.create(last, OWNER_ONLY)) {
      if (!content.copyTo(to, file.sizeBytes())) {
        content.read((bytes, length) -> to.write(bytes, 0, length));
      }
      to.sync();
    }
  }

  private void dress(Directory directory, byte[] last, Entry entry) throws SystemCallException {
    Metadata metadata = entry.metadata().orElseThrow();
    if (!Dress.put(directory, last, metadata, entry instanceof Entry.Symlink)) {
      shortfalls++;
    }
  }

  @Override
  public void leaving(TreePath path, Entry.Subtree directory) throws IOException {
    at(path, (above, last) -> dress(above, last, directory));
  }
}
