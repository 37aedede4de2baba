package understudy.sync;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A run under way, as another thread may stop it: never after it has ended. */
final class Running {
  private static final Logger LOG = LoggerFactory.getLogger(Running.class);

  private final Thread thread = Thread.currentThread();
  private @Nullable SyncStream stream;
  private boolean isStopped;
  private boolean isOver;

  /** The run reads and writes this stream from now on; false when it was stopped before. */
  synchronized boolean uses(SyncStream opened) {
    stream = opened;
    return !isStopped;
  }

  synchronized boolean isStopped() {
    return isStopped;
  }

  /** Interrupts the run's thread and closes its stream. */
  synchronized void stop() {
    if (isOver || isStopped) {
      return;
    }
    isStopped = true;
    thread.interrupt();
    if (stream != null) {
      try {
        stream.close();
      } catch (IOException broken) {
        LOG.debug("closing the stream of a stopped sync: {}", broken.getMessage());
      }
    }
  }

  /** The run's own thread is done; the interruption meant for the run ends with it. */
  synchronized void end() {
    isOver = true;
    if (isStopped) {
      boolean _ = Thread.interrupted();
    }
  }
}
