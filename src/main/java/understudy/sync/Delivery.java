package understudy.sync;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A large file's parts on their way from the thread that reads the connection to the one that
 * writes them, a few at a time. Each takes room of the crew until it is written: of files that are
 * not much larger than a part, many would wait whole.
 */
final class Delivery implements StageWriter.Parts {
  private static final int MOST_PARTS = 16;
  private static final long LOOK_MILLIS = 100;

  private final ArrayBlockingQueue<Optional<byte[]>> parts = new ArrayBlockingQueue<>(MOST_PARTS);
  private final Crew crew;
  private final Consumer<byte[]> done;
  private volatile boolean isOver;

  /**
   * For one file.
   *
   * @param done takes the parts that are written, for others to come in
   */
  Delivery(Crew crew, Consumer<byte[]> done) {
    this.crew = crew;
    this.done = done;
  }

  /** Hands over the next part, empty at the end; nothing more is taken when the crew has failed. */
  void put(Optional<byte[]> part) throws IOException {
    if (part.isPresent()) {
      crew.reserve(part.get().length);
    }
    if (!isTaken(part)) {
      part.ifPresent(this::forget);
    }
  }

  private boolean isTaken(Optional<byte[]> part) throws IOException {
    try {
      while (!isOver && !crew.hasFailed()) {
        if (parts.offer(part, LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
          return !isOver || !parts.remove(part); // it may just have ended
        }
      }
      return false;
    } catch (InterruptedException stopped) {
      throw interrupted();
    }
  }

  @Override
  public Optional<byte[]> next() throws IOException {
    try {
      return parts.take();
    } catch (InterruptedException stopped) {
      throw interrupted();
    }
  }

  @Override
  public void done(byte[] part) {
    forget(part);
    done.accept(part);
  }

  private void forget(byte[] part) {
    crew.release(part.length);
  }

  private static InterruptedIOException interrupted() {
    Thread.currentThread().interrupt();
    return new InterruptedIOException("the sync was interrupted");
  }

  /** The file is written, or the rest is not wanted as it is not the content that was offered. */
  void end() {
    isOver = true;
    for (Optional<byte[]> rest = parts.poll(); rest != null; rest = parts.poll()) {
      rest.ifPresent(this::forget);
    }
  }
}
