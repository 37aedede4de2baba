package understudy.simulator;

import java.io.PrintStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Tells a person now and then how many worlds were begun, and stops the simulation when the program
 * is told to end, so that what there is can still be told.
 */
final class Progress implements AutoCloseable {
  private static final long EVERY_SECONDS = 5;
  private static final long LAST_WORDS_SECONDS = 10;

  private final CountDownLatch closed = new CountDownLatch(1);

  Progress(Simulation simulation, int worlds, PrintStream out) {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  simulation.stop();
                  isClosedWithin(LAST_WORDS_SECONDS);
                }));
    Thread.ofPlatform()
        .name("progress")
        .daemon()
        .start(
            () -> {
              while (!isClosedWithin(EVERY_SECONDS)) {
                out.println(simulation.begun() + " of " + worlds + " worlds");
              }
            });
  }

  private boolean isClosedWithin(long seconds) {
    try {
      return closed.await(seconds, TimeUnit.SECONDS);
    } catch (InterruptedException leaving) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
