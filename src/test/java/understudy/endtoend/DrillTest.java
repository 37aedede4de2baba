package understudy.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import understudy.Unhurried;

/** A drill on real daemons: refused before anything moves, or there and back with a figure. */
class DrillTest {
  private static final String CLUSTER =
      Unhurried.FAILOVER
          + """
      datasets:
        - { name: files, path: "${data}", every: continuous }
      """;

  @TempDir Path directory;

  @Test
  void aDrillMovesTheRoleThereAndBackAndTheStatusSaysSo() throws Exception {
    try (Machine alpha = new Machine(directory, "alpha", "primary").asFirst(CLUSTER);
        Machine beta = new Machine(directory, "beta", "secondary")) {
      alpha.startDaemon();
      alpha.awaitRole("active");

      Machine.Ended alone = alpha.run("", "drill", "run", "--wait=60s");
      assertThat(alone.code()).isEqualTo(1);
      assertThat(alone.out()).contains("every way between the nodes: fail");
      assertThat(alpha.says("is", "active")).isTrue();

      beta.joining(alpha);
      beta.startDaemon();
      alpha.await("beta is ready", () -> beta.says("is", "ready"));

      Machine.Ended drill = beta.run("", "drill", "run", "--wait=80s");
      assertThat(drill.out() + drill.err()).contains("passed; nobody served for at most");
      assertThat(drill.code()).isZero();
      assertThat(alpha.says("is", "active")).isTrue();

      for (Machine machine : new Machine[] {alpha, beta}) {
        assertThat(machine.demand("", "drill", "list", "--steps"))
            .contains("passed", "switchover, contents compared", "and back to alpha");
        machine.await("the proof is shown", () -> machine.statusOrNothing().contains("(proven "));
      }
    }
  }
}
