package understudy.pairing;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;

/**
 * How much a directory holds, as far as could be counted within the limits.
 *
 * @param isWhole false: there is more, or something was unreadable
 */
record TreeSize(long files, long bytes, boolean isWhole) {
  private static final long MOST_FILES = 5_000_000;
  private static final Duration LONGEST = Duration.ofSeconds(5);

  /** Zero for a path that is not there. */
  static TreeSize of(Path root) {
    if (!Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
      return new TreeSize(0, 0, true);
    }
    Counter counter = new Counter();
    try {
      Files.walkFileTree(root, counter);
    } catch (IOException unreadable) {
      counter.isWhole = false;
    }
    return new TreeSize(counter.files, counter.bytes, counter.isWhole);
  }

  boolean isEmpty() {
    return files == 0 && isWhole;
  }

  /** Such as {@code 48,211 files, 12.4 GB}. */
  String words() {
    return (isWhole ? "" : "at least ") + Amounts.files(files) + ", " + Amounts.bytes(bytes);
  }

  private static final class Counter extends SimpleFileVisitor<Path> {
    private final long started = System.nanoTime();
    private long files;
    private long bytes;
    private boolean isWhole = true;

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      files++;
      bytes += attributes.size();
      if (files >= MOST_FILES || System.nanoTime() - started > LONGEST.toNanos()) {
        isWhole = false;
        return FileVisitResult.TERMINATE;
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException unreadable) {
      isWhole = false;
      return FileVisitResult.CONTINUE;
    }
  }
}
