package understudy.sync;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import understudy.linux.Directory;
import understudy.linux.FileStatus;
import understudy.linux.OpenFile;
import understudy.linux.SystemCallException;
import understudy.sync.plan.Entry;
import understudy.sync.plan.Exclusions;
import understudy.sync.plan.Name;
import understudy.sync.plan.TreePath;

/** Compares what is handed to it with what is in the tree today. One use, by one thread. */
final class Comparison implements PastWalk.Visitor {
  /** Contents of equal length are read up to so much in all. */
  private static final long MOST_READ_BYTES = 256L << 20;

  private final Directory root;
  private final TreePath base;
  private final Exclusions exclusions;
  private final int limit;
  private final List<Difference> differences = new ArrayList<>();
  private final TreeSet<TreePath> seen = new TreeSet<>();
  private long readBytes;

  Comparison(Directory root, TreePath base, Exclusions exclusions, int limit) {
    this.root = root;
    this.base = base;
    this.exclusions = exclusions;
    this.limit = limit;
  }

  List<Difference> differences() {
    return differences;
  }

  private TreePath full(TreePath relative) {
    if (relative.isRoot()) {
      return base;
    }
    return full(relative.parent()).child(relative.name());
  }

  private void add(
      TreePath path, String what, Optional<Difference.Side> then, Optional<Difference.Side> now) {
    if (differences.size() < limit) {
      differences.add(new Difference(path, what, then, now));
    }
  }

  @Override
  public void entry(TreePath relative, Entry entry, PastWalk.Content content, boolean isKept)
      throws IOException {
    TreePath path = full(relative);
    seen.add(path);
    Optional<FileStatus> now = status(path);
    Optional<Difference.Side> then = Optional.of(side(entry));
    if (now.isEmpty()) {
      if (relative.isRoot() || status(path.parent()).isPresent()) {
        add(path, "only then", then, Optional.empty());
      }
      return;
    }
    Optional<Difference.Side> today = now.map(Comparison::side);
    if (!today.equals(then) || !Dress.fits(now.get(), entry)) {
      String what = what(path, entry, content, now.get());
      if (!what.isEmpty()) {
        add(path, what, then, today);
      }
    }
  }

  private String what(TreePath path, Entry entry, PastWalk.Content content, FileStatus now)
      throws IOException {
    if (!Salvage.kind(entry).equals(kind(now))) {
      return "type";
    }
    return switch (entry) {
      case Entry.File file when file.sizeBytes() != now.sizeBytes() -> "content";
      case Entry.File file -> contents(path, file, content);
      case Entry.Subtree subtree ->
          now.mode() == subtree.carried().mode()
                  && now.uid() == subtree.carried().uid()
                  && now.gid() == subtree.carried().gid()
              ? "" // its time moves with what is in it
              : "attributes";
      case Entry.Symlink _, Entry.Special _, Entry.Withheld _ -> "attributes";
    };
  }

  private String contents(TreePath path, Entry.File file, PastWalk.Content content)
      throws IOException {
    readBytes += file.sizeBytes();
    if (readBytes > MOST_READ_BYTES) {
      return "perhaps content";
    }
    boolean[] isSame = {true};
    byte[] buffer = new byte[1 << 20];
    try (OpenFile today = root.read(path.bytes())) {
      content.read(
          (bytes, length) -> {
            int at = 0;
            while (at < length && isSame[0]) {
              int read = today.read(buffer, 0, Math.min(buffer.length, length - at));
              isSame[0] =
                  read > 0 && java.util.Arrays.equals(buffer, 0, read, bytes, at, at + read);
              at += read;
            }
          });
    }
    return isSame[0] ? "attributes" : "content";
  }

  @Override
  public void leaving(TreePath relative, Entry.Subtree directory) throws IOException {
    TreePath path = full(relative);
    try (Held held = Held.open(root, path)) {
      for (byte[] each : held.directory().names()) {
        TreePath child = path.child(Name.of(each));
        boolean isOurs = path.isRoot() && child.name().equals(Reserved.AREA);
        if (!isOurs && !seen.contains(child) && !exclusions.excludes(child)) {
          add(child, "only now", Optional.empty(), status(child).map(Comparison::side));
        }
      }
    } catch (SystemCallException gone) {
      if (!gone.isMissing() && gone.error() != SystemCallException.NOT_A_DIRECTORY) {
        throw gone;
      }
    }
    seen.tailSet(path, false).removeIf(below -> below.isWithin(path));
  }

  private Optional<FileStatus> status(TreePath path) throws SystemCallException {
    if (path.isRoot()) {
      return Optional.of(root.status());
    }
    try (Held parent = Held.open(root, path.parent())) {
      return parent.directory().find(path.name().bytes());
    } catch (SystemCallException gone) {
      if (gone.isMissing() || gone.error() == SystemCallException.NOT_A_DIRECTORY) {
        return Optional.empty();
      }
      throw gone;
    }
  }

  private static String kind(FileStatus status) {
    return status.type().name().toLowerCase(java.util.Locale.ROOT);
  }

  private static Difference.Side side(FileStatus status) {
    return new Difference.Side(
        kind(status),
        status.type() == FileStatus.Type.FILE ? status.sizeBytes() : 0,
        Instant.ofEpochSecond(status.mtimeSeconds(), status.mtimeNanos()),
        status.mode());
  }

  private static Difference.Side side(Entry entry) {
    var metadata = entry.metadata().orElseThrow();
    return new Difference.Side(
        Salvage.kind(entry),
        entry instanceof Entry.File file ? file.sizeBytes() : 0,
        Instant.ofEpochSecond(metadata.mtimeSeconds(), metadata.mtimeNanos()),
        metadata.mode());
  }
}
