package understudy.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import understudy.Unhurried;
import understudy.linux.NotifySocket;

/** The daemon is restarted, as by an upgrade, and its service goes on. */
class PinTest {
  private static final String CLUSTER =
      Unhurried.FAILOVER
          + """
      datasets:
        - { name: files, path: "${data}", every: continuous }
      resources:
        - command: { name: web, run: [sh, -c, "echo $$ >> ${home}/starts; exec sleep 1000"], stop-after: 1s }
      """;

  @TempDir Path directory;

  private static List<Long> starts(Machine machine) {
    try {
      return Files.readAllLines(machine.home().resolve("starts")).stream()
          .map(Long::parseLong)
          .toList();
    } catch (java.io.IOException notYet) {
      return List.of();
    }
  }

  private static boolean lives(long process) {
    return ProcessHandle.of(process).filter(ProcessHandle::isAlive).isPresent();
  }

  private static void end(Process daemon) throws Exception {
    daemon.destroy();
    assertThat(daemon.waitFor(Machine.PATIENCE.toSeconds(), java.util.concurrent.TimeUnit.SECONDS))
        .isTrue();
  }

  private static String explained(Machine machine) {
    try {
      return machine.run("", "explain").out();
    } catch (Exception failed) {
      throw new AssertionError(failed);
    }
  }

  @Test
  void aPinnedServiceOutlivesItsDaemonAndNobodyTakesOver() throws Exception {
    try (Machine alpha = new Machine(directory, "alpha", "primary").asFirst(CLUSTER);
        Machine beta = new Machine(directory, "beta", "secondary")) {
      Process first = alpha.startDaemon();
      alpha.awaitRole("active");
      beta.joining(alpha);
      Process other = beta.startDaemon();
      alpha.await("beta is ready", () -> beta.says("is", "ready"));
      long service = starts(alpha).getFirst();

      assertThat(beta.run("", "pin").err()).contains("there is nothing to pin");
      String pinned = alpha.demand("", "pin", "--for", "2m", "--reason", "a new kernel");
      assertThat(pinned).contains("no node takes over meanwhile");
      end(first);

      beta.await(
          "beta says why it does not take over",
          () -> explained(beta).contains("while its daemon is away"));
      assertThat(beta.demand("", "resume")).contains("but alpha restarts its daemon");
      Machine.Ended second = beta.run("", "promote");
      assertThat(second.code()).isEqualTo(3);
      assertThat(second.err()).contains("alpha restarts its daemon", "promote --force");
      assertThat(beta.statusOrNothing()).contains("\"automation\":\"paused\"");
      assertThat(beta.says("is", "active")).isFalse();
      assertThat(lives(service)).isTrue();

      alpha.startDaemon();
      alpha.awaitRole("active");
      beta.await(
          "automation is armed again",
          () ->
              beta.statusOrNothing().contains("\"automation\":\"armed\"")
                  && alpha.statusOrNothing().contains("\"automation\":\"armed\""));
      assertThat(starts(alpha)).containsExactly(service);
      assertThat(starts(beta)).isEmpty();
      assertThat(lives(service)).isTrue();
      assertThat(alpha.run("", "history", "--evidence", "--limit", "60").out())
          .contains("PINNED", "a new kernel", "UNPINNED");

      other.destroyForcibly().onExit().join();
      alpha.await("beta is silent", () -> alpha.statusOrNothing().contains("UNPROTECTED"));
      Machine.Ended refused = alpha.run("", "pin");
      assertThat(refused.code()).isEqualTo(3);
      assertThat(refused.err()).contains("beta cannot be told", "--even-if-peer-unreachable");
    }
  }

  @Test
  void aPinEndsByItselfAndTheServiceWithIt() throws Exception {
    try (Machine alpha = new Machine(directory, "alpha", "primary").asFirst(CLUSTER)) {
      Process daemon = alpha.startDaemon();
      alpha.awaitRole("active");
      long service = starts(alpha).getFirst();
      alpha.demand("", "pin", "--for", "20s");
      end(daemon);

      assertThat(lives(service)).isTrue();
      ProcessHandle.of(service)
          .orElseThrow()
          .onExit()
          .get(Machine.PATIENCE.toSeconds(), java.util.concurrent.TimeUnit.SECONDS);
    }
  }

  @Test
  void aSupervisedDaemonWithoutAStandbyPinsByItself() throws Exception {
    Path place = directory.resolve("n");
    try (var manager = new NotifySocket(place);
        Machine alpha = new Machine(directory, "alpha", "primary").asFirst(CLUSTER)) {
      Process daemon = alpha.startDaemon(Map.of("NOTIFY_SOCKET", place.toString()));
      alpha.awaitRole("active");
      long service = starts(alpha).getFirst();
      end(daemon);

      assertThat(manager.await(it -> it.startsWith("STOPPING=1"), Duration.ofSeconds(10)))
          .contains("pinned until");
      assertThat(lives(service)).isTrue();
      alpha.startDaemon();
      alpha.awaitRole("active");
      assertThat(starts(alpha)).containsExactly(service);
    }
  }
}
