package understudy.sync;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import understudy.linux.Directory;
import understudy.linux.FileStatus;
import understudy.linux.SystemCallException;
import understudy.sync.plan.Entry;
import understudy.sync.plan.Name;
import understudy.sync.plan.TreePath;
import understudy.time.Moment;

/**
 * Reads a whole dataset again, at a bounded rate, and compares each file with the hash that the
 * index has of it. On a node that serves, files are written all the time: there only a file whose
 * bytes are others although nothing wrote them counts as damaged. What a sync moves meanwhile is
 * looked at once more, while none runs. One use, by one thread.
 */
final class Scrub {
  private final Dataset dataset;
  private final long bytesPerSecond;
  private final BiConsumer<Long, Long> progress;
  private final List<ScrubReport.Found> found = new ArrayList<>();
  private final Moment start;
  private boolean isFollower;
  private long files;
  private long entries;
  private long bytes;
  private long readBytes;
  private long foundCount;

  Scrub(Dataset dataset, long bytesPerSecond, BiConsumer<Long, Long> progress) {
    this.dataset = dataset;
    this.bytesPerSecond = bytesPerSecond;
    this.progress = progress;
    this.start = dataset.clock().now();
  }

  ScrubReport run() throws IOException {
    List<ScrubReport.Found> doubtful =
        dataset.standing(
            (_, snapshot, root) -> {
              try (snapshot;
                  root) {
                isFollower = ForeignWrites.isWatched(snapshot);
                walk(snapshot, root, TreePath.ROOT);
                return List.copyOf(found);
              }
            });
    found.clear();
    foundCount = 0;
    Holding.quietly(
        dataset,
        () -> {
          try (Directory root = dataset.openRoot()) {
            for (ScrubReport.Found each : doubtful) {
              again(root, each.path());
            }
            return root;
          }
        });
    return new ScrubReport(dataset.name(), files, bytes, List.copyOf(found), foundCount);
  }

  /** What is said of one path when no sync runs. */
  private void again(Directory root, TreePath path) throws IOException {
    Optional<IndexedTree> row = dataset.index().directory(path.parent());
    try (Held parent = Held.open(root, path.parent())) {
      int at = row.isEmpty() ? -1 : position(row.get(), path.name());
      if (at >= 0) {
        entry(parent.directory(), path, row.orElseThrow(), at);
      } else if (parent.directory().find(path.name().bytes()).isPresent()) {
        note(path, "extra", true);
      }
    } catch (SystemCallException gone) {
      if (!gone.isMissing()) {
        throw gone;
      }
      if (row.isPresent()) {
        note(path, "missing", true);
      }
    }
  }

  private static int position(IndexedTree tree, Name name) {
    List<Entry> entries = tree.tree().entries();
    for (int at = 0; at < entries.size(); at++) {
      if (entries.get(at).name().equals(name)) {
        return at;
      }
    }
    return -1;
  }

  private void walk(Index index, Directory root, TreePath path) throws IOException {
    Optional<IndexedTree> row = index.directory(path);
    if (row.isEmpty()) {
      return;
    }
    IndexedTree tree = row.get();
    try (Held held = Held.open(root, path)) {
      for (int at = 0; at < tree.tree().entries().size(); at++) {
        entry(held.directory(), path.child(tree.tree().entries().get(at).name()), tree, at);
      }
      if (isFollower) {
        noteExtras(held.directory(), path, tree);
      }
    } catch (SystemCallException gone) {
      if (!gone.isMissing() && gone.error() != SystemCallException.NOT_A_DIRECTORY) {
        throw gone;
      }
      note(path, "missing", true);
      return;
    }
    for (Entry entry : tree.tree().entries()) {
      if (entry instanceof Entry.Subtree) {
        walk(index, root, path.child(entry.name()));
      }
    }
  }

  private void noteExtras(Directory directory, TreePath path, IndexedTree tree) throws IOException {
    for (byte[] each : directory.names()) {
      Name name = Name.of(each);
      boolean isOurs = path.isRoot() && name.equals(Reserved.AREA);
      TreePath child = path.child(name);
      if (!isOurs && position(tree, name) < 0 && !dataset.exclusions().excludes(child)) {
        note(child, "extra", true);
      }
    }
  }

  private void entry(Directory directory, TreePath path, IndexedTree tree, int at)
      throws IOException {
    Entry entry = tree.tree().entries().get(at);
    if (entry instanceof Entry.Withheld) {
      return;
    }
    entries++;
    pace(0);
    Optional<FileStatus> status = directory.find(entry.name().bytes());
    if (status.isEmpty()) {
      note(path, "missing", true);
      return;
    }
    boolean isUntouched = tree.keys().get(at).isOf(status.get());
    if (entry instanceof Entry.File file && status.get().type() == FileStatus.Type.FILE) {
      content(directory, path, file, isUntouched);
    } else if (!isUntouched
        && !Dress.fits(status.get(), entry)
        && !(entry instanceof Entry.Subtree)) {
      note(path, "changed", true);
    }
  }

  private void content(Directory directory, TreePath path, Entry.File file, boolean isUntouched)
      throws IOException {
    if (!isUntouched && !isFollower) {
      return; // the service has written it since
    }
    files++;
    bytes += file.sizeBytes();
    FileReading reading =
        new FileReading(
            dataset.clock(),
            new RecentContent(),
            new Scanning() {
              private long before;

              @Override
              void report(long seenEntries, long readSoFarBytes) throws IOException {
                pace(readSoFarBytes - before);
                before = readSoFarBytes;
              }
            });
    switch (reading.read(directory, file.name().bytes())) {
      case FileReading.Outcome.Read read -> {
        if (!read.content().equals(file.content())) {
          note(path, isUntouched ? "damaged" : "changed", !isUntouched);
        }
      }
      case FileReading.Outcome.Withheld(Entry.Withheld.Reason reason) -> {
        if (reason == Entry.Withheld.Reason.UNREADABLE) {
          note(path, "unreadable", false);
        }
      }
      case FileReading.Outcome.Gone _ -> note(path, "missing", true);
    }
  }

  private void note(TreePath path, String what, boolean isForFollowers) {
    if (isForFollowers && !isFollower) {
      return;
    }
    foundCount++;
    if (found.size() < ScrubReport.MOST_FOUND) {
      found.add(new ScrubReport.Found(path, what));
    }
  }

  /** Counts, and waits where reading would be faster than allowed. */
  private void pace(long moreBytes) throws IOException {
    readBytes += moreBytes;
    progress.accept(entries, readBytes);
    long dueNanos = (long) (readBytes / (double) bytesPerSecond * TimeUnit.SECONDS.toNanos(1));
    long aheadNanos = dueNanos - start.until(dataset.clock().now()).toNanos();
    try {
      if (aheadNanos > 0) {
        TimeUnit.NANOSECONDS.sleep(aheadNanos);
      } else if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedException();
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("the verification was interrupted");
    }
  }
}
