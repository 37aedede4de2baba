package understudy.resource.probe;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import understudy.resource.Condition;
import understudy.resource.Resource;

/**
 * Looks at a started resource at intervals and reports when it has been found wanting several times
 * in a row, and when it is well again. One thread of its own, which also calls the listener.
 */
public final class HealthWatch implements AutoCloseable {
  private final Resource resource;
  private final Duration every;
  private final int failures;
  private final Consumer<Condition> listener;
  private final CountDownLatch closed = new CountDownLatch(1);

  /**
   * @param failures how many looks in a row must fail; an unknown condition counts as neither
   * @param listener gets the last condition of an episode of failures, and the first good one after
   */
  public HealthWatch(
      Resource resource, Duration every, int failures, Consumer<Condition> listener) {
    this.resource = resource;
    this.every = every;
    this.failures = failures;
    this.listener = listener;
    Thread.ofPlatform().daemon().name("watch " + resource.name()).start(this::run);
  }

  private void run() {
    int failed = 0;
    try {
      while (!closed.await(every.toNanos(), TimeUnit.NANOSECONDS)) {
        Condition condition = resource.check();
        switch (condition) {
          case Condition.Started _ -> {
            if (failed >= failures) {
              listener.accept(condition);
            }
            failed = 0;
          }
          case Condition.Stopped _, Condition.Sick _ -> {
            failed++;
            if (failed == failures) {
              listener.accept(condition);
            }
          }
          case Condition.Unknown _ -> {}
        }
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends the watch; a look under way is finished first, without being reported late. */
  @Override
  public void close() {
    closed.countDown();
  }
}
