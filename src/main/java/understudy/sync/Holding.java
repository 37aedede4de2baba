package understudy.sync;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.TimeUnit;

/** Work on a dataset while no run and no capture of it is under way. */
final class Holding {
  private static final long PATIENCE_SECONDS = 30;

  private Holding() {}

  /** What is done. */
  interface Work<T> {
    T run() throws IOException;
  }

  /** Waits some seconds for a run to end; refuses as busy when it does not. */
  static <T> T quietly(Dataset dataset, Work<T> work) throws IOException {
    try {
      if (!dataset.lock().tryLock(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new SyncRefused(
            SyncRefused.Code.BUSY,
            "a sync of '" + dataset.name() + "' is under way",
            "wait for it to end: understudy status");
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("stopped while waiting for a sync to end");
    }
    try {
      return work.run();
    } catch (IOException | RuntimeException failed) {
      dataset.index().rollback();
      throw failed;
    } finally {
      dataset.lock().unlock();
    }
  }
}
