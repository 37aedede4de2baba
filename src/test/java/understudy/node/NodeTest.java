package understudy.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import understudy.api.Action;
import understudy.api.Views;
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

  @Test
  void aStandbyThatIsLeftAloneDoesNotServe() throws Exception {
    var pair = new PreparedPair(directory, CLUSTER);
    try (Node alpha = start(pair.alpha)) {
      await("alpha serves", alpha.front()::isActive);
      alpha.meet(pair.beta.member());
      try (Node beta = start(pair.beta)) {
        await("beta has the data", () -> beta.front().isStandby(Duration.ofSeconds(5)));

        alpha.part(pair.beta.name());
        beta.part(pair.alpha.name());

        await(
            "beta says why it waits",
            () -> String.valueOf(beta.front().status().waitingFor()).contains("served last"));
        assertThat(beta.front().isActive()).isFalse();
        assertThat(alpha.front().isActive()).isTrue();
      }
    }
  }

  @Test
  void aSecondDaemonOnTheSameStateIsRefusedAndChangesNothing() throws Exception {
    var pair = new PreparedPair(directory, CLUSTER);
    try (Node alpha = start(pair.alpha)) {
      await("alpha serves", alpha.front()::isActive);

      assertThatThrownBy(() -> start(pair.alpha))
          .isInstanceOf(StartException.class)
          .hasMessageContaining("another daemon (pid " + ProcessHandle.current().pid() + ")");
      assertThat(alpha.front().isActive()).isTrue();
    }
  }

  @Test
  void switchingOverMovesTheRoleAndLosesNothing() throws Exception {
    var pair = new PreparedPair(directory, CLUSTER);
    try (Node alpha = start(pair.alpha)) {
      await("alpha serves", alpha.front()::isActive);
      alpha.meet(pair.beta.member());
      try (Node beta = start(pair.beta)) {
        await("beta has the data", () -> beta.front().isStandby(Duration.ofSeconds(5)));
        Files.writeString(pair.alpha.data().resolve("last"), "written a moment before");

        var asked = beta.front().act(Action.of(Action.Kind.SWITCHOVER), "a test", Optional.empty());
        await(
            "the switchover ends",
            () -> beta.front().operation(asked.id()).orElseThrow().finished() != null);

        assertThat(beta.front().operation(asked.id()).orElseThrow().state()).isEqualTo("done");
        assertThat(beta.front().isActive()).isTrue();
        assertThat(alpha.front().isActive()).isFalse();
        assertThat(pair.beta.data().resolve("last")).hasContent("written a moment before");
      }
    }
  }

  @Test
  void aRehearsedActionChangesNothing() throws Exception {
    var pair = new PreparedPair(directory, CLUSTER);
    try (Node alpha = start(pair.alpha)) {
      await("alpha serves", alpha.front()::isActive);
      var rehearsed =
          new Action(Action.Kind.DEMOTE, null, null, null, null, null, null, null, null, true);

      Views.Operation answer = alpha.front().act(rehearsed, "a test", Optional.empty());

      assertThat(answer.state()).isEqualTo("refused");
      assertThat(answer.fix()).contains("--even-if-peer-unreachable");
      assertThat(alpha.front().isActive()).isTrue();
    }
  }
}
