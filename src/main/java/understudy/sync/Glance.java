package understudy.sync;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import understudy.linux.Directory;
import understudy.linux.FileStatus;
import understudy.linux.Listing;
import understudy.linux.PromptStart;
import understudy.linux.SystemCallException;
import understudy.sync.plan.Exclusions;
import understudy.sync.plan.MalformedException;
import understudy.sync.plan.Name;
import understudy.sync.plan.TreeCursor;
import understudy.sync.plan.TreePath;

/**
 * Compares a whole tree with the index, name by name and time by time, and answers in which
 * directories something differs. It reads no content and makes no object per file, and several
 * threads share the directories: where nothing has changed this is all that a scan costs. One use.
 */
final class Glance {
  /** More directories than this are no longer worth listing one by one. */
  static final int MOST_DIRECTORIES = 20_000;

  /** Below this many entries a second thread costs more than it brings. */
  static final int FEW_ENTRIES = 20_000;

  private static final int MOST_THREADS = 4;
  private static final long REPORT_MILLIS = 200;

  private final Directory root;
  private final Path indexFile;
  private final Exclusions exclusions;
  private final Scanning scanning;
  private final ArrayDeque<TreePath> waiting = new ArrayDeque<>();
  private final Set<TreePath> differing = new TreeSet<>();
  private int busy;
  private boolean isTooMuch;
  private boolean isStopped;
  private @Nullable Throwable failure;
  private long looked;

  Glance(Directory root, Path indexFile, Exclusions exclusions, Scanning scanning) {
    this.root = root;
    this.indexFile = indexFile;
    this.exclusions = exclusions;
    this.scanning = scanning;
  }

  /** Where to look closer. {@code index} is the caller's own; {@code entries} is a guess. */
  Scope run(Index index, long entries) throws IOException {
    if (index.row(TreePath.ROOT).isEmpty()) {
      return new Scope.Everything();
    }
    waiting.push(TreePath.ROOT);
    if (entries < FEW_ENTRIES) {
      new Worker(index, root.status().device()).run();
      tell();
    } else {
      share();
    }
    return isTooMuch ? new Scope.Everything() : Scope.Only.listing(differing);
  }

  private void share() throws IOException {
    int count = Math.min(MOST_THREADS, Runtime.getRuntime().availableProcessors());
    List<Thread> threads = new ArrayList<>();
    try {
      for (int at = 0; at < count; at++) {
        threads.add(
            PromptStart.start(Thread.ofPlatform().daemon().name("glances " + at), this::work));
      }
      for (Thread thread : threads) {
        while (!thread.join(java.time.Duration.ofMillis(REPORT_MILLIS))) {
          tell();
        }
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("the scan was interrupted");
    } finally {
      stop();
      threads.forEach(Glance::awaited);
    }
    tell();
    rethrow();
  }

  private static void awaited(Thread thread) {
    boolean wasInterrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException again) {
        wasInterrupted = true; // the thread holds the root's descriptor: it has to end first
      }
    }
    if (wasInterrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void work() {
    try (Index snapshot = Index.snapshot(indexFile)) {
      new Worker(snapshot, root.status().device()).run();
    } catch (IOException | RuntimeException | Error failed) {
      fail(failed);
    }
  }

  private synchronized void fail(Throwable failed) {
    if (failure == null) {
      failure = failed;
    }
    stop();
  }

  private synchronized void stop() {
    isStopped = true;
    notifyAll();
  }

  private synchronized void rethrow() throws IOException {
    switch (failure) {
      case null -> {}
      case IOException world -> throw world;
      case RuntimeException bug -> throw bug;
      case Error grave -> throw grave;
      default -> throw new AssertionError(failure);
    }
  }

  private void tell() throws IOException {
    long seen;
    synchronized (this) {
      seen = looked;
      looked = 0;
    }
    scanning.sawEntries(seen);
  }

  private synchronized @Nullable TreePath next() throws InterruptedException {
    while (waiting.isEmpty() && busy > 0 && !isStopped) {
      wait();
    }
    TreePath path = isTooMuch || isStopped ? null : waiting.poll();
    if (path != null) {
      busy++;
    }
    return path;
  }

  private synchronized void done(
      TreePath path, boolean differs, List<TreePath> inside, long entries) {
    busy--;
    looked += entries;
    if (differs) {
      differing.add(path);
      if (differing.size() > MOST_DIRECTORIES) {
        isTooMuch = true;
        waiting.clear();
      }
    }
    if (!isTooMuch) {
      inside.forEach(waiting::push);
    }
    if (busy == 0 || !inside.isEmpty()) {
      notifyAll();
    }
  }

  /** One thread's part. */
  private final class Worker {
    private final Index rows;
    private final long device;
    private final Listing listing = new Listing();

    Worker(Index rows, long device) {
      this.rows = rows;
      this.device = device;
    }

    void run() throws IOException {
      try {
        TreePath path = next();
        while (path != null) {
          List<TreePath> inside = new ArrayList<>();
          boolean differs = true;
          try {
            differs = differs(path, inside);
          } finally {
            done(path, differs, inside, listing.count());
          }
          path = next();
        }
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("the scan was interrupted");
      }
    }

    private boolean differs(TreePath path, List<TreePath> inside) throws IOException {
      Optional<Index.Row> row = rows.row(path);
      if (row.isEmpty()) {
        return true;
      }
      try (Directory opened = path.isRoot() ? null : root.directory(path.bytes())) {
        Directory directory = opened == null ? root : opened;
        listing.read(directory);
        IndexedTree.check(row.get().tree(), row.get().keys());
        return differs(path, directory, row.get(), inside);
      } catch (MalformedException damaged) {
        throw new IndexDamaged("'" + path + "': " + damaged.getMessage(), damaged);
      } catch (SystemCallException unreadable) {
        return true; // whatever it is, the closer look will find it and say so
      }
    }

    private boolean differs(
        TreePath path, Directory directory, Index.Row row, List<TreePath> inside)
        throws IOException, MalformedException {
      TreeCursor known = new TreeCursor(row.tree());
      int keyAt = 0;
      boolean differs = false;
      boolean more = known.next();
      for (int at = 0; at < listing.count(); at++) {
        if (isSkipped(path, at)) {
          continue;
        }
        int order = more ? compare(at, known) : -1;
        while (order > 0) {
          differs = true; // the known one is gone
          keyAt += LocalKey.BYTES;
          more = known.next();
          order = more ? compare(at, known) : -1;
        }
        if (order < 0) {
          differs = true; // this one is new
          continue;
        }
        if (!listing.look(directory, at) || !isSame(known, row.keys(), keyAt)) {
          differs = true;
        }
        if (known.kind() == TreeCursor.Kind.SUBTREE) {
          inside.add(path.child(Name.of(listing.name(at))));
        }
        keyAt += LocalKey.BYTES;
        more = known.next();
      }
      return differs || more;
    }

    private int compare(int at, TreeCursor known) {
      return listing.compareName(at, known.bytes(), known.nameStart(), known.nameLength());
    }

    private boolean isSkipped(TreePath path, int at) {
      byte[] area = Reserved.AREA.bytes();
      if (path.isRoot() && listing.compareName(at, area, 0, area.length) == 0) {
        return true;
      }
      return !exclusions.isEmpty() && exclusions.excludes(path.child(Name.of(listing.name(at))));
    }

    private boolean isSame(TreeCursor known, byte[] keys, int keyAt) {
      boolean isFile = known.kind() == TreeCursor.Kind.FILE;
      int flags = keys[keyAt + LocalKey.BYTES - 1];
      return known.kind() != TreeCursor.Kind.WITHHELD
          && isKind(known.kind(), listing.type())
          && (flags & LocalKey.SETTLED) != 0
          && number(keys, keyAt, 8) == listing.ctimeSeconds()
          && (int) number(keys, keyAt + 8, 4) == listing.ctimeNanos()
          && number(keys, keyAt + 12, 8) == listing.inode()
          && known.mtimeSeconds() == listing.mtimeSeconds()
          && known.mtimeNanos() == listing.mtimeNanos()
          && known.mode() == listing.mode()
          && known.uid() == listing.uid()
          && known.gid() == listing.gid()
          && device == listing.device()
          && (!isFile
              || (known.sizeBytes() == listing.sizeBytes()
                  && ((flags & LocalKey.SHARED) != 0) == listing.links() > 1));
    }
  }

  private static boolean isKind(TreeCursor.Kind kind, FileStatus.Type type) {
    return switch (kind) {
      case FILE -> type == FileStatus.Type.FILE;
      case SUBTREE -> type == FileStatus.Type.DIRECTORY;
      case SYMLINK -> type == FileStatus.Type.SYMLINK;
      case FIFO -> type == FileStatus.Type.FIFO;
      case SOCKET -> type == FileStatus.Type.SOCKET;
      case CHARACTER_DEVICE -> type == FileStatus.Type.CHARACTER_DEVICE;
      case BLOCK_DEVICE -> type == FileStatus.Type.BLOCK_DEVICE;
      case WITHHELD -> false;
    };
  }

  private static long number(byte[] bytes, int start, int width) {
    long value = 0;
    for (int at = start; at < start + width; at++) {
      value = value << 8 | (bytes[at] & 0xff);
    }
    return value;
  }
}
