package understudy.node;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import understudy.failover.Input;
import understudy.time.Moment;

/**
 * The one way to the deciding loop: a bounded queue of what happened, not yet stamped. Safe from
 * any thread.
 */
final class Inbox {
  private static final Logger LOG = LoggerFactory.getLogger(Inbox.class);
  private static final int WAITING_INPUTS = 10_000;
  private static final Duration PATIENCE_WHEN_FULL = Duration.ofSeconds(1);

  private final BlockingQueue<Function<Moment, Input>> waiting =
      new ArrayBlockingQueue<>(WAITING_INPUTS);

  /**
   * Hands in something that happened; the loop stamps it with the moment at which it learns of it.
   */
  void post(Function<Moment, Input> news) {
    try {
      if (!waiting.offer(news, PATIENCE_WHEN_FULL.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.error("the deciding loop is stuck: an input was dropped after {}", PATIENCE_WHEN_FULL);
      }
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    }
  }

  /** Hands in what somebody waits for without an end: it is never dropped. */
  void insist(Function<Moment, Input> news) {
    try {
      waiting.put(news);
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    }
  }

  /** The next one, or empty after {@code patience}. */
  Optional<Function<Moment, Input>> next(Duration patience) throws InterruptedException {
    return Optional.ofNullable(waiting.poll(patience.toNanos(), TimeUnit.NANOSECONDS));
  }
}
