package understudy.demo;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import understudy.demo.lab.LabException;
import understudy.time.Clock;

/**
 * How old the standby's copy of what is written all the time is: small writes come at a steady rate
 * to a dataset that two real daemons keep in sync continuously, and each is looked for on the
 * standby in the order in which they were made. They make new files, or go in turn to files that
 * are there from the beginning.
 */
final class ContinuousBench {
  static final int MOST_WRITES = 1_000_000;

  private static final int DIRECTORIES = 100;
  private static final int FILE_BYTES = 1024;
  private static final long LOOK_NANOS = 500_000;
  private static final long NANOS = 1_000_000_000L;
  private static final long PATIENCE_NANOS = 60 * NANOS;

  private static final long UNWRITTEN = -1;

  private final int perSecond;
  private final int files;
  private final Clock clock;
  private final long[] writtenAt;
  private final long[] delays;
  private final AtomicInteger written = new AtomicInteger();

  /**
   * Measures once.
   *
   * @param files how many files are written again and again; 0: each write makes a new one
   */
  ContinuousBench(int perSecond, int seconds, int files, Clock clock) {
    this.perSecond = perSecond;
    this.files = files;
    this.clock = clock;
    this.writtenAt = new long[perSecond * seconds];
    this.delays = new long[perSecond * seconds];
  }

  /** Makes a pair in {@code parent}, writes, and answers the figures. */
  Map<String, Object> run(Path parent, boolean keep)
      throws DemoException, LabException, InterruptedException {
    Path work;
    try {
      work = Files.createTempDirectory(parent, "understudy-bench-").toRealPath();
    } catch (IOException failed) {
      throw new DemoException("cannot make a directory in " + parent, failed);
    }
    try (Janitor _ = Janitor.start(work, keep);
        SyncGround ground = SyncGround.open()) {
      SyncPair pair = SyncPair.start(work, ground, clock, "every: continuous");
      String dataset = pair.fresh();
      prepare(pair.source(dataset));
      try {
        awaitPrepared(pair.target(dataset));
        CompletableFuture<Void> writer =
            CompletableFuture.runAsync(() -> writeAll(pair.source(dataset)));
        observe(pair.target(dataset), writer);
      } catch (DemoException late) {
        throw new DemoException(late.getMessage() + "\n" + pair.testimony(), late);
      }
      return figures();
    } finally {
      SyncPair.end(work);
      if (!keep) {
        SyncDisk.remove(work);
      }
    }
  }

  private Path place(Path root, int write) {
    int number = files == 0 ? write : write % files;
    return root.resolve("d" + number % DIRECTORIES).resolve("f" + number);
  }

  private void prepare(Path root) throws DemoException {
    try {
      for (int at = 0; at < DIRECTORIES; at++) {
        Files.createDirectories(root.resolve("d" + at));
      }
      for (int at = 0; at < files; at++) {
        Files.write(place(root, at), content(UNWRITTEN));
      }
    } catch (IOException failed) {
      throw new DemoException("cannot make the files in " + root, failed);
    }
  }

  private void awaitPrepared(Path root) throws DemoException, InterruptedException {
    long end = System.nanoTime() + PATIENCE_NANOS;
    for (int at = 0; at < files; ) {
      if (isThere(root, at, UNWRITTEN)) {
        at++;
      } else if (System.nanoTime() > end) {
        throw new DemoException("the first copy did not reach the standby within a minute");
      } else {
        pause();
      }
    }
  }

  /** The number of the write, and what no compression makes smaller. */
  private static byte[] content(long write) {
    byte[] content = new byte[FILE_BYTES];
    new Random(write).nextBytes(content);
    ByteBuffer.wrap(content).putLong(write);
    return content;
  }

  private void writeAll(Path root) {
    try {
      long begun = System.nanoTime();
      for (int at = 0; at < writtenAt.length; at++) {
        long due = begun + at * NANOS / perSecond;
        while (System.nanoTime() < due) {
          LockSupport.parkNanos(due - System.nanoTime());
        }
        Files.write(place(root, at), content(at), CREATE, WRITE);
        writtenAt[at] = System.nanoTime();
        written.set(at + 1);
      }
    } catch (IOException failed) {
      throw new CompletionException("the writer broke", failed);
    }
  }

  /** Whether that write, or a later one to the same file, is there. */
  private boolean isThere(Path root, int at, long write) throws DemoException {
    Path place = place(root, at);
    if (files == 0) {
      return Files.exists(place);
    }
    try {
      byte[] content = Files.readAllBytes(place);
      return content.length == FILE_BYTES && ByteBuffer.wrap(content).getLong() >= write;
    } catch (NoSuchFileException notYet) {
      return false;
    } catch (IOException failed) {
      throw new DemoException("cannot read " + place, failed);
    }
  }

  private static void pause() throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException("the bench was interrupted");
    }
    LockSupport.parkNanos(LOOK_NANOS);
  }

  private void observe(Path root, CompletableFuture<Void> writer)
      throws DemoException, InterruptedException {
    long lastSeen = System.nanoTime();
    for (int at = 0; at < delays.length; ) {
      if (at < written.get() && isThere(root, at, at)) {
        lastSeen = System.nanoTime();
        delays[at] = lastSeen - writtenAt[at];
        at++;
        continue;
      }
      if (writer.isCompletedExceptionally()) {
        throw new DemoException("the writer broke: " + writer.exceptionNow().getCause());
      }
      if (System.nanoTime() - lastSeen > PATIENCE_NANOS) {
        throw new DemoException("write " + at + " did not reach the standby within a minute");
      }
      pause();
    }
  }

  private Map<String, Object> figures() {
    long[] sorted = delays.clone();
    Arrays.sort(sorted);
    long within = Arrays.stream(sorted).filter(delay -> delay <= NANOS).count();
    double seconds = (writtenAt[writtenAt.length - 1] - writtenAt[0]) / (double) NANOS;
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("bench", "sync");
    line.put("workload", "continuous");
    line.put("files", files == 0 ? "new" : files);
    line.put("writes", sorted.length);
    line.put("writes_per_s", Math.round(sorted.length / seconds));
    line.put("visible_ms_median", milliseconds(sorted, 0.5));
    line.put("visible_ms_p99", milliseconds(sorted, 0.99));
    line.put("visible_ms_most", milliseconds(sorted, 1));
    line.put("within_1s_percent", SyncFigures.rounded(100.0 * within / sorted.length));
    return line;
  }

  private static long milliseconds(long[] sorted, double share) {
    int at = (int) Math.min(sorted.length - 1L, Math.round(sorted.length * share));
    return sorted[at] / 1_000_000;
  }
}
