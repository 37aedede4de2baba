package understudy.resource;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** Waits for a condition with a deadline. */
public final class Eventually {
  private Eventually() {}

  /** How long it took until {@code condition} was true; fails when it never was. */
  public static Duration await(String what, Duration within, Callable<Boolean> condition)
      throws Exception {
    long begun = System.nanoTime();
    while (!condition.call()) {
      if (System.nanoTime() - begun > within.toNanos()) {
        throw new AssertionError("not within " + within.toMillis() + " ms: " + what);
      }
      TimeUnit.MILLISECONDS.sleep(5);
    }
    return Duration.ofNanos(System.nanoTime() - begun);
  }
}
