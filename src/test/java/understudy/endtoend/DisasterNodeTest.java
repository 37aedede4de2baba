package understudy.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three nodes on two sites: the third copies whoever serves, and serves only when told to. */
class DisasterNodeTest {
  private static final String CLUSTER =
      """
      failover: { profile: fast }
      datasets:
        - { name: files, path: "${data}", every: continuous }
      """;

  @TempDir Path directory;

  private static String explained(Machine machine) {
    try {
      return machine.run("", "explain").out();
    } catch (Exception failed) {
      throw new AssertionError(failed);
    }
  }

  private static boolean has(Machine machine, String text) {
    try {
      Path file = machine.data().resolve("ledger");
      return Files.exists(file) && Files.readString(file).equals(text);
    } catch (java.io.IOException beingWritten) {
      return false;
    }
  }

  @Test
  void theThirdNodeFollowsWhoeverServesAndIsPromotedByHand() throws Exception {
    try (Machine alpha = new Machine(directory, "alpha", "primary").asFirst(CLUSTER);
        Machine beta = new Machine(directory, "beta", "secondary");
        Machine gamma = new Machine(directory, "gamma", "dr")) {
      Files.writeString(alpha.data().resolve("ledger"), "one\n");
      Process first = alpha.startDaemon();
      alpha.awaitRole("active");
      beta.joining(alpha);
      Process second = beta.startDaemon();
      beta.await("beta is ready", () -> beta.says("is", "ready"));
      gamma.joining(beta);
      gamma.startDaemon();
      gamma.await("gamma has the data", () -> has(gamma, "one\n"));
      gamma.await("gamma is a standby", () -> gamma.says("is", "standby"));

      first.destroyForcibly().onExit().join();
      beta.awaitRole("active");
      Files.writeString(beta.data().resolve("ledger"), "two\n");
      gamma.await("gamma follows beta", () -> has(gamma, "two\n"));

      second.destroyForcibly().onExit().join();
      gamma.await(
          "gamma waits for a person",
          () -> explained(gamma).contains("a disaster recovery node is promoted by hand"));
      assertThat(gamma.says("is", "active")).isFalse();

      gamma.demand("", "promote", "--wait=30s");
      assertThat(gamma.says("is", "active")).isTrue();
      assertThat(has(gamma, "two\n")).isTrue();
    }
  }
}
