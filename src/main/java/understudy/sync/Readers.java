package understudy.sync;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import understudy.linux.Directory;
import understudy.linux.PromptStart;
import understudy.time.Clock;

/**
 * Reads the content of files for a scan, several at once where there are many: hashing takes more
 * time than everything else in a first scan. The directories given stay open until the answers are
 * there. Used by the scanning thread alone.
 */
final class Readers implements AutoCloseable {
  private static final int MOST_THREADS = 8;
  private static final int MOST_WAITING = 512;
  private static final long REPORT_MILLIS = 200;

  private final Scanning scanning;
  private final FileReading own;
  private final ThreadLocal<FileReading> others;
  private final AtomicLong readByOthers = new AtomicLong();
  private final Semaphore places = new Semaphore(MOST_WAITING);
  private @Nullable ExecutorService threads;

  Readers(Clock clock, RecentContent recent, Scanning scanning) {
    this.scanning = scanning;
    this.others = ThreadLocal.withInitial(() -> new FileReading(clock, recent, new Counting()));
    this.own = new FileReading(clock, recent, scanning);
  }

  /** Reads at once, on this thread. */
  Future<FileReading.Outcome> readNow(Directory directory, byte[] name) throws IOException {
    return CompletableFuture.completedFuture(own.read(directory, name));
  }

  /** Reads beside the others where there is a place, else at once. */
  Future<FileReading.Outcome> read(Directory directory, byte[] name) throws IOException {
    if (!places.tryAcquire()) {
      return readNow(directory, name);
    }
    return threads()
        .submit(
            () -> {
              try {
                return others.get().read(directory, name);
              } finally {
                places.release();
              }
            });
  }

  private ExecutorService threads() {
    ExecutorService present = threads;
    if (present == null) {
      int count = Math.min(MOST_THREADS, Runtime.getRuntime().availableProcessors());
      ThreadPoolExecutor fresh =
          new ThreadPoolExecutor(
              count,
              count,
              0,
              TimeUnit.SECONDS,
              new LinkedBlockingQueue<>(),
              PromptStart.factory(Thread.ofPlatform().daemon().name("reads ", 0)));
      threads = fresh;
      PromptStart.during(fresh::prestartAllCoreThreads);
      present = fresh;
    }
    return present;
  }

  /** Work of another thread; the scanning thread reports it. */
  private final class Counting extends Scanning {
    private long reported;

    @Override
    void report(long seenEntries, long readSoFarBytes) {
      readByOthers.addAndGet(readSoFarBytes - reported);
      reported = readSoFarBytes;
    }
  }

  /** Waits for what a reading gave. */
  FileReading.Outcome await(Future<FileReading.Outcome> reading) throws IOException {
    while (true) {
      try {
        FileReading.Outcome outcome = reading.get(REPORT_MILLIS, TimeUnit.MILLISECONDS);
        scanning.readBytes(readByOthers.getAndSet(0));
        return outcome;
      } catch (TimeoutException goesOn) {
        scanning.readBytes(readByOthers.getAndSet(0));
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("the scan was interrupted");
      } catch (ExecutionException failed) {
        throw unwrapped(failed);
      }
    }
  }

  private static IOException unwrapped(ExecutionException failed) {
    return switch (failed.getCause()) {
      case IOException world -> world;
      case RuntimeException bug -> throw bug;
      case Error grave -> throw grave;
      case null, default -> throw new AssertionError(failed);
    };
  }

  /** Waits until nothing is being read. */
  void awaitAll() {
    places.acquireUninterruptibly(MOST_WAITING);
    places.release(MOST_WAITING);
  }

  /** Ends whatever is still being read; no directory is in use any more when this returns. */
  @Override
  public void close() {
    if (threads == null) {
      return;
    }
    threads.shutdownNow();
    boolean wasInterrupted = false;
    boolean isOver = false;
    while (!isOver) {
      try {
        isOver = threads.awaitTermination(1, TimeUnit.MINUTES);
      } catch (InterruptedException again) {
        wasInterrupted = true;
      }
    }
    threads = null;
    if (wasInterrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
