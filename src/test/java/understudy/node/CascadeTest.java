package understudy.node;

import static org.assertj.core.api.Assertions.assertThat;
import static understudy.node.RunningNodes.await;
import static understudy.node.RunningNodes.start;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import understudy.Unhurried;
import understudy.api.Action;
import understudy.api.Views;

/** Three whole daemons: the third one, for disaster recovery, is fed by the standby. */
class CascadeTest {
  private static final String CLUSTER =
      Unhurried.FAILOVER
          + """
      datasets:
        - { name: files, path: DATA, every: continuous }
      """;

  @TempDir Path directory;

  private static Views.NodeRow row(Node answering, String name) {
    return answering.front().status().nodes().stream()
        .filter(row -> row.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static boolean copies(Node answering, String from) {
    return from.equals(row(answering, "gamma").copiesFrom());
  }

  private static boolean holds(PreparedPair.Side side, String file, String content) {
    Path path = side.data().resolve(file);
    try {
      return Files.exists(path) && Files.readString(path).equals(content);
    } catch (IOException beingWritten) {
      return false;
    }
  }

  @Test
  void theThirdNodeIsFedByTheStandbyAndByTheActiveOneWhileThatIsAway() throws Exception {
    var pair = new PreparedPair(directory, CLUSTER);
    PreparedPair.Side third = pair.gamma(directory, CLUSTER);
    Files.writeString(pair.alpha.data().resolve("ledger"), "one");
    try (Node alpha = start(pair.alpha)) {
      await("alpha serves", alpha.front()::isActive);
      alpha.meet(pair.beta.member());
      alpha.meet(third.member());
      try (Node gamma = start(third)) {
        try (Node beta = start(pair.beta)) {
          beta.meet(third.member());
          await("the standby feeds gamma, as gamma says", () -> copies(gamma, "beta"));
          await("the standby feeds gamma, as alpha knows", () -> copies(alpha, "beta"));

          Files.writeString(pair.alpha.data().resolve("ledger"), "two");
          await("gamma has what changed", () -> holds(third, "ledger", "two"));
          await("which the standby brought", () -> copies(gamma, "beta"));
          await(
              "gamma knows how far it is behind",
              () -> Optional.ofNullable(row(gamma, "gamma").lagSeconds()).orElse(99.0) < 10);
          assertThat(gamma.front().isActive()).isFalse();
        }
        await("without the standby the active one feeds gamma", () -> copies(gamma, "alpha"));
        Files.writeString(pair.alpha.data().resolve("ledger"), "three");
        await("and gamma goes on", () -> holds(third, "ledger", "three"));

        try (Node beta = start(pair.beta)) {
          await("the standby is back and feeds gamma again", () -> copies(gamma, "beta"));
          Files.writeString(pair.alpha.data().resolve("ledger"), "four");
          await("through it gamma goes on", () -> holds(third, "ledger", "four"));

          var swap = alpha.front().act(Action.of(Action.Kind.SWITCHOVER), "test", Optional.empty());
          await(
              "the roles swap",
              () -> alpha.front().operation(swap.id()).orElseThrow().finished() != null);
          assertThat(beta.front().isActive())
              .as(alpha.front().operation(swap.id()).orElseThrow().toString())
              .isTrue();
          await("now alpha is the standby and feeds gamma", () -> copies(gamma, "alpha"));
          Files.writeString(pair.beta.data().resolve("ledger"), "five");
          await("and gamma follows the new line", () -> holds(third, "ledger", "five"));
          await("alpha has it too", () -> holds(pair.alpha, "ledger", "five"));
          await("which alpha brings again", () -> copies(gamma, "alpha"));
        }
      }
    }
  }
}
