package understudy.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import understudy.time.SystemClock;

/** Two whole daemons in one process, on loopback. */
class NodeTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String CLUSTER =
      """
      failover: { profile: fast }
      datasets:
        - { name: files, path: DATA, every: continuous }
      """;

  @TempDir Path directory;

  private static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not within " + PATIENCE.toSeconds() + " s: " + what);
      }
      Thread.sleep(10);
    }
  }

  private static Node start(PreparedPair.Side side) throws Exception {
    return new Node(
        side.configuration(),
        new SystemClock(),
        () -> {
          throw new AssertionError(side.name() + " broke");
        });
  }

  @Test
  void onlyOneOfTwoServesAndTheOtherFollows() throws Exception {
    var pair = new PreparedPair(directory, CLUSTER);
    Files.writeString(pair.alpha.data().resolve("ledger"), "one\n");

    try (Node alpha = start(pair.alpha)) {
      await("alpha serves", alpha.front()::isActive);
      alpha.meet(pair.beta.member());
      try (Node beta = start(pair.beta)) {
        await("beta has the data", () -> beta.front().isStandby(Duration.ofSeconds(5)));

        assertThat(Files.readString(pair.beta.data().resolve("ledger"))).isEqualTo("one\n");
        assertThat(beta.front().isActive()).isFalse();
      }
    }
  }
}
