package understudy.sync;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * A large file's parts on their way from the thread that reads the connection to the one that
 * writes them, a few at a time.
 */
final class Delivery implements StageWriter.Parts {
  private static final int MOST_PARTS = 16;
  private static final long LOOK_MILLIS = 100;

  private final ArrayBlockingQueue<Optional<byte[]>> parts = new ArrayBlockingQueue<>(MOST_PARTS);
  private final Consumer<byte[]> done;
  private volatile boolean isRefused;

  /**
   * For one file.
   *
   * @param done takes the parts that are written, for others to come in
   */
  Delivery(Consumer<byte[]> done) {
    this.done = done;
  }

  /** Hands over the next part, empty at the end; {@code isHopeless} when nobody takes any more. */
  void put(Optional<byte[]> part, BooleanSupplier isHopeless) throws IOException {
    try {
      while (!isRefused && !isHopeless.getAsBoolean()) {
        if (parts.offer(part, LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
          return;
        }
      }
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
    done.accept(part);
  }

  private static InterruptedIOException interrupted() {
    Thread.currentThread().interrupt();
    return new InterruptedIOException("the sync was interrupted");
  }

  /** The rest is not wanted: it was not the content that was offered. */
  void refuse() {
    isRefused = true;
  }
}
