package understudy.node;

import static org.assertj.core.api.Assertions.assertThat;
import static understudy.node.RunningNodes.await;
import static understudy.node.RunningNodes.awaitProtection;
import static understudy.node.RunningNodes.awaitTold;
import static understudy.node.RunningNodes.ended;
import static understudy.node.RunningNodes.start;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import understudy.Unhurried;
import understudy.api.Action;
import understudy.api.Views;
import understudy.resource.Privileges;
import understudy.resource.program.Program;

/**
 * New clients of a running pair are held off and admitted again, as its gates in the kernel say.
 * The gates guard a port that nobody uses: these nodes live in the machine's own network, since
 * what a whole daemon does there must not be born in a namespace that ends with the test.
 */
class HeldClientsTest {
  private static final Duration NFT_WITHIN = Duration.ofSeconds(5);
  private static final String CLUSTER =
      Unhurried.FAILOVER
          + """
      resources:
        - { gate: ["1/tcp"] }
      """;

  @TempDir Path directory;

  @AfterEach
  void remove() throws InterruptedException {
    for (String node : List.of("alpha", "beta")) {
      Program.of("nft", "delete", "table", "inet", table(node)).run(NFT_WITHIN);
    }
  }

  private static String table(String node) {
    return "understudy_test_" + node;
  }

  /** The gate of that node lets in whom this set stands for: everybody, or who is connected. */
  private static boolean admits(String node, String set) {
    try {
      return Program.of("nft", "list", "set", "inet", table(node), set).run(NFT_WITHIN)
              instanceof Program.Result.Exited(int code, String elements)
          && code == 0
          && elements.contains("elements");
    } catch (InterruptedException stopping) {
      throw new AssertionError(stopping);
    }
  }

  private static boolean isOpen(String node) {
    return admits(node, "open") && !admits(node, "hold");
  }

  private static boolean isHeld(String node) {
    return admits(node, "hold") && !admits(node, "open");
  }

  private static boolean isShut(String node) {
    return !admits(node, "hold") && !admits(node, "open");
  }

  private static Action clients(String what) {
    return new Action(
        Action.Kind.CLIENTS, null, null, null, null, what, null, null, null, null, null, null);
  }

  @Test
  void newClientsAreHeldOffWhereverTheRoleIsUntilAPersonAdmitsThem() throws Exception {
    Privileges.requireRoot();
    var pair = new PreparedPair(directory, CLUSTER);
    try (Node alpha = start(pair.alpha)) {
      await("alpha lets clients in", () -> isOpen("alpha"));
      alpha.meet(pair.beta.member());
      try (Node beta = start(pair.beta)) {
        awaitProtection(alpha, beta);

        Views.Operation held = ended(beta, clients("hold"));

        assertThat(held.message())
            .contains("understudy clients admit")
            .matches(".*(also|begun) on alpha");
        await("alpha lets no more clients in", () -> isHeld("alpha"));
        assertThat(alpha.front().isActive()).isTrue();
        assertThat(isShut("beta")).isTrue();
        awaitTold(alpha, "CLIENTS_HELD", "");

        Views.Operation moved = ended(alpha, Action.of(Action.Kind.SWITCHOVER));
        assertThat(moved.state()).as(moved.toString()).isEqualTo("done");
        await("beta lets nobody in either", () -> isHeld("beta"));
        await("alpha's gate is shut", () -> isShut("alpha"));

        Views.Operation admitted = ended(alpha, clients("admit"));
        assertThat(admitted.message()).matches(".*(also|begun) on beta");
        await("beta lets clients in", () -> isOpen("beta"));
        awaitTold(beta, "CLIENTS_ADMITTED", "");
      }
    }
  }
}
