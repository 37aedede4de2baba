package understudy.demo;

import java.io.IOException;
import java.nio.file.Files;
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
 * How old the standby's copy of what is written all the time is: new small files come at a steady
 * rate to a dataset that two real daemons keep in sync continuously, and each is looked for on the
 * standby in the order in which they were written.
 */
final class ContinuousBench {
  static final int MOST_WRITES = 1_000_000;

  private static final int DIRECTORIES = 100;
  private static final int FILE_BYTES = 1024;
  private static final long LOOK_NANOS = 500_000;
  private static final long NANOS = 1_000_000_000L;
  private static final long PATIENCE_NANOS = 60 * NANOS;

  private final int perSecond;
  private final Clock clock;
  private final long[] writtenAt;
  private final long[] delays;
  private final AtomicInteger written = new AtomicInteger();

  ContinuousBench(int perSecond, int seconds, Clock clock) {
    this.perSecond = perSecond;
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
      CompletableFuture<Void> writer =
          CompletableFuture.runAsync(() -> writeAll(pair.source(dataset)));
      try {
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

  private static Path place(Path root, int number) {
    return root.resolve("d" + number % DIRECTORIES).resolve("f" + number);
  }

  private void writeAll(Path root) {
    Random random = new Random(1);
    byte[] content = new byte[FILE_BYTES];
    try {
      for (int at = 0; at < DIRECTORIES; at++) {
        Files.createDirectories(root.resolve("d" + at));
      }
      long begun = System.nanoTime();
      for (int at = 0; at < writtenAt.length; at++) {
        long due = begun + at * NANOS / perSecond;
        while (System.nanoTime() < due) {
          LockSupport.parkNanos(due - System.nanoTime());
        }
        random.nextBytes(content);
        Files.write(place(root, at), content);
        writtenAt[at] = System.nanoTime();
        written.set(at + 1);
      }
    } catch (IOException failed) {
      throw new CompletionException("the writer broke", failed);
    }
  }

  private void observe(Path root, CompletableFuture<Void> writer)
      throws DemoException, InterruptedException {
    long lastSeen = System.nanoTime();
    for (int at = 0; at < delays.length; ) {
      if (at < written.get() && Files.exists(place(root, at))) {
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
      if (Thread.interrupted()) {
        throw new InterruptedException("the bench was interrupted");
      }
      LockSupport.parkNanos(LOOK_NANOS);
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
