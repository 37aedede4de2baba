package understudy.demo;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.CopyOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import understudy.time.Moment;
import understudy.time.SystemClock;

/**
 * Copies a tree with its permissions, times and symbolic links. Entries that cannot be read, and
 * sockets, pipes and devices, are left out and counted.
 */
final class TreeCopy extends SimpleFileVisitor<Path> {
  private static final Duration PROGRESS_EVERY = Duration.ofSeconds(1);
  private static final CopyOption[] AS_IT_IS = {
    StandardCopyOption.COPY_ATTRIBUTES, LinkOption.NOFOLLOW_LINKS
  };

  /** What is beyond is left out. */
  record Limits(long entries, long bytes) {}

  /** What a tree has: files, links and directories, the root not counted. */
  record Counts(long entries, long bytes, long leftOut) {}

  private final Path source;
  private final @Nullable Path target;
  private final Limits limits;
  private final Progress progress;
  private long entries;
  private long bytes;
  private long leftOut;

  private TreeCopy(Path source, @Nullable Path target, Limits limits, Progress progress) {
    this.source = source;
    this.target = target;
    this.limits = limits;
    this.progress = progress;
  }

  /** What {@link #copy} would copy. */
  static Counts count(Path source, Limits limits) throws IOException {
    return new TreeCopy(source, null, limits, new Progress("", new Counts(0, 0, 0), null)).walk();
  }

  /**
   * Copies.
   *
   * @param target exists and is empty
   * @param expected what {@link #count} said, for the progress
   */
  static Counts copy(Path source, Path target, Limits limits, Counts expected, PrintStream progress)
      throws IOException {
    String what = "copying " + source;
    return new TreeCopy(source, target, limits, new Progress(what, expected, progress)).walk();
  }

  private Counts walk() throws IOException {
    Files.walkFileTree(source, this);
    return new Counts(entries, bytes, leftOut);
  }

  @Override
  public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
      throws IOException {
    if (directory.equals(source)) {
      return FileVisitResult.CONTINUE;
    }
    if (!fits(0)) {
      return FileVisitResult.SKIP_SUBTREE;
    }
    if (target != null) {
      Files.createDirectory(counterpart(target, directory));
    }
    entries++;
    return FileVisitResult.CONTINUE;
  }

  @Override
  public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
    boolean copied =
        attributes.isSymbolicLink() || (attributes.isRegularFile() && Files.isReadable(file));
    long size = attributes.isRegularFile() ? attributes.size() : 0;
    if (!copied) {
      leftOut++;
    } else if (fits(size)) {
      if (target != null) {
        Files.copy(file, counterpart(target, file), AS_IT_IS);
        progress.show(entries, bytes);
      }
      entries++;
      bytes += size;
    }
    return FileVisitResult.CONTINUE;
  }

  /** An entry that cannot be read: a directory closed to this user, or one that vanished. */
  @Override
  public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
    if (file.equals(source)) {
      throw failure;
    }
    leftOut++;
    return FileVisitResult.CONTINUE;
  }

  /** Last, since what is put into a directory changes its time, and it may forbid writing. */
  @Override
  public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
      throws IOException {
    if (failure != null) {
      throw failure;
    }
    if (target != null) {
      Path copy = counterpart(target, directory);
      Files.setPosixFilePermissions(copy, Files.getPosixFilePermissions(directory));
      Files.getFileAttributeView(copy, BasicFileAttributeView.class)
          .setTimes(Files.getLastModifiedTime(directory), null, null);
    }
    return FileVisitResult.CONTINUE;
  }

  private boolean fits(long size) {
    if (entries < limits.entries() && size <= limits.bytes() - bytes) {
      return true;
    }
    leftOut++;
    return false;
  }

  private Path counterpart(Path root, Path entry) {
    return root.resolve(source.relativize(entry));
  }

  /** One line a second. */
  private static final class Progress {
    private final SystemClock clock = new SystemClock();
    private final String what;
    private final Counts expected;
    private final @Nullable PrintStream out;
    private Moment next = clock.now().plus(PROGRESS_EVERY);

    Progress(String what, Counts expected, @Nullable PrintStream out) {
      this.what = what;
      this.expected = expected;
      this.out = out;
    }

    void show(long entries, long bytes) {
      if (out != null && !clock.now().isBefore(next)) {
        out.printf(
            "%s: %,d of %,d entries, %,d of %,d MiB%n",
            what, entries, expected.entries, bytes >> 20, expected.bytes >> 20);
        next = clock.now().plus(PROGRESS_EVERY);
      }
    }
  }
}
