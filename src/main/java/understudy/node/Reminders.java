package understudy.node;

import java.io.IOException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells members what they could not be told at first, every few seconds. One thread of its own. */
final class Reminders implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Reminders.class);
  private static final long PAUSE_SECONDS = 5;

  private final ScheduledExecutorService rounds =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("reminds").daemon().factory());
  private final Telling telling;
  private String trouble = "";

  /** Tells what is owed; blocks for some seconds. */
  interface Telling {
    void tell() throws IOException;
  }

  Reminders(Telling telling) {
    this.telling = telling;
  }

  void start() {
    // Its rounds catch everything themselves: the future has nothing to tell.
    var _ =
        rounds.scheduleWithFixedDelay(this::tell, PAUSE_SECONDS, PAUSE_SECONDS, TimeUnit.SECONDS);
  }

  private void tell() {
    try {
      telling.tell();
      trouble = "";
    } catch (IOException | RuntimeException broken) {
      if (!broken.toString().equals(trouble)) {
        trouble = broken.toString();
        LOG.error("members cannot be told what they missed: {}", trouble);
      }
    }
  }

  @Override
  public void close() {
    rounds.shutdownNow();
  }
}
