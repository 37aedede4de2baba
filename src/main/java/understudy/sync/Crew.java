package understudy.sync;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import understudy.linux.Directory;
import understudy.linux.PromptStart;
import understudy.linux.SystemCallException;

/**
 * Threads that write received files into the stage while the connection is read. What waits is
 * bounded in number and bytes; the first failure is everybody's, and stops the rest. Closing waits
 * until no thread touches the stage any more.
 */
final class Crew implements AutoCloseable {
  private static final int MOST_THREADS = 4;
  private static final int MOST_WAITING = 1024;
  private static final int MOST_KIBIBYTES = 8 << 10;
  private static final long LOOK_MILLIS = 100;

  private final LinkedBlockingQueue<Load> queue = new LinkedBlockingQueue<>(MOST_WAITING);
  private final Semaphore room = new Semaphore(MOST_KIBIBYTES);
  private final AtomicLong unfinished = new AtomicLong();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private final List<Thread> threads = new ArrayList<>();
  private final Directory place;
  private final RecentContent recent;
  private final Effects effects;
  private volatile boolean isClosing;

  /** One file to write. */
  interface Work {
    void by(StageWriter writer) throws IOException;
  }

  private record Load(Work work, int bytes) {}

  Crew(Directory place, RecentContent recent, Effects effects) {
    this.recent = recent;
    this.place = place;
    this.effects = effects;
    int count = Math.clamp(Runtime.getRuntime().availableProcessors(), 1, MOST_THREADS);
    for (int at = 0; at < count; at++) {
      threads.add(PromptStart.start(Thread.ofPlatform().daemon().name("stages " + at), this::work));
    }
  }

  /** Waits for room for what came. Throws what stopped the crew. */
  void reserve(int bytes) throws IOException {
    try {
      while (!room.tryAcquire(kibibytes(bytes), LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
        check();
      }
    } catch (InterruptedException stopped) {
      throw interrupted();
    }
  }

  /** That is written, or nobody wants it any more. */
  void release(int bytes) {
    room.release(kibibytes(bytes));
  }

  private static int kibibytes(int bytes) {
    return Math.min(bytes / 1024 + 1, MOST_KIBIBYTES);
  }

  /**
   * Hands over a file; waits for room. Throws what stopped the crew.
   *
   * @param bytes what of it the work holds itself
   */
  void give(Work work, int bytes) throws IOException {
    reserve(bytes);
    unfinished.incrementAndGet();
    try {
      Load load = new Load(work, bytes);
      while (!queue.offer(load, LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
        check();
      }
    } catch (InterruptedException stopped) {
      throw interrupted();
    }
    check();
  }

  /** Waits until everything given is done. */
  void await() throws IOException {
    synchronized (unfinished) {
      while (unfinished.get() > 0 && failure.get() == null) {
        try {
          unfinished.wait(LOOK_MILLIS);
        } catch (InterruptedException stopped) {
          throw interrupted();
        }
      }
    }
    check();
  }

  boolean hasFailed() {
    return failure.get() != null;
  }

  private void check() throws IOException {
    switch (failure.get()) {
      case null -> {}
      case SystemCallException refused -> throw refused; // whether the disk is full matters
      case IOException failed -> throw new IOException(failed.getMessage(), failed);
      case Error fatal -> throw fatal;
      case Throwable bug -> throw new IllegalStateException("a staging thread broke", bug);
    }
  }

  private static InterruptedIOException interrupted() {
    Thread.currentThread().interrupt();
    return new InterruptedIOException("the sync was interrupted");
  }

  private void work() {
    try (StageWriter writer = new StageWriter(place, recent, effects)) {
      while (!isClosing) {
        Load load = queue.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
        if (load != null) {
          carryOut(load, writer);
        }
      }
    } catch (InterruptedException closing) {
      assert isClosing;
    }
  }

  @SuppressWarnings("IllegalCatch") // whatever it is, the thread that reads must hear of it
  private void carryOut(Load load, StageWriter writer) {
    try {
      if (!hasFailed() && !isClosing) {
        load.work().by(writer);
      }
    } catch (Throwable failed) {
      failure.compareAndSet(null, failed);
    } finally {
      release(load.bytes());
      synchronized (unfinished) {
        unfinished.decrementAndGet();
        unfinished.notifyAll();
      }
    }
  }

  @Override
  public void close() {
    isClosing = true;
    threads.forEach(Thread::interrupt);
    boolean wasInterrupted = false;
    for (Thread thread : threads) {
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException again) {
          wasInterrupted = true; // they end at once: nothing else may touch the stage before
        }
      }
    }
    if (wasInterrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
