package understudy.node;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import understudy.time.SystemClock;

/** Whole daemons in this process, and waiting for what becomes of them. */
final class RunningNodes {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private RunningNodes() {}

  static Node start(PreparedPair.Side side) throws Exception {
    return new Node(
        side.configuration(),
        new SystemClock(),
        () -> {
          throw new AssertionError(side.name() + " broke");
        });
  }

  static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not within " + PATIENCE.toSeconds() + " s: " + what);
      }
      Thread.sleep(10);
    }
  }
}
