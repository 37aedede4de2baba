package understudy.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import understudy.Unhurried;

/** The node is alive and its service is not: restarts, then the other node, then a back-off. */
class SickServiceTest {
  private static final String CLUSTER =
      Unhurried.FAILOVER
          + """
      datasets:
        - { name: files, path: "${data}", every: continuous }
      resources:
        - command: { name: web, run: [sh, -c, "echo x >> ${home}/starts; exec sleep 1000"], stop-after: 1s }
          health: { command: [test, "!", -e, "${home}/sick"], every: 200ms, failures: 2, restarts: 1 }
      """;

  @TempDir Path directory;

  private static long starts(Machine machine) {
    try {
      return Files.readAllLines(machine.home().resolve("starts")).size();
    } catch (java.io.IOException notYet) {
      return 0;
    }
  }

  private static String said(Machine machine) {
    try {
      return machine.run("", "ready").out();
    } catch (Exception failed) {
      throw new AssertionError(failed);
    }
  }

  private static String explained(Machine machine) {
    try {
      return machine.run("", "history", "--limit", "60", "--evidence").out();
    } catch (Exception failed) {
      throw new AssertionError(failed);
    }
  }

  @Test
  void aSickServiceIsStartedAgainThenTheOtherNodeTakesOverAndAPersonMayAcknowledge()
      throws Exception {
    try (Machine alpha = new Machine(directory, "alpha", "primary").asFirst(CLUSTER);
        Machine beta = new Machine(directory, "beta", "secondary")) {
      Process first = alpha.startDaemon();
      alpha.awaitRole("active");
      beta.joining(alpha);
      beta.startDaemon();
      alpha.await("beta is ready", () -> beta.says("is", "ready"));
      long before = starts(alpha);

      Files.createFile(alpha.home().resolve("sick"));

      beta.awaitRole("active");
      alpha.awaitRole("standby");
      assertThat(starts(alpha)).as(explained(alpha)).isGreaterThan(before);
      assertThat(explained(alpha)).contains("SERVICE_RESTARTED", "SERVICE_SICK", "web: ");

      alpha.await("alpha says why not", () -> said(alpha).contains("service was sick here"));
      Machine.Ended refused = beta.run("", "switchover", "--wait=20s");
      assertThat(refused.code()).isEqualTo(3);
      assertThat(refused.err()).contains("alpha is standby, not ready");

      first.destroyForcibly().onExit().join();
      alpha.startDaemon();
      alpha.awaitRole("standby");
      alpha.await(
          "a restart of the daemon is no sign that it is well",
          () -> said(alpha).contains("service was sick here"));

      Files.delete(alpha.home().resolve("sick"));
      alpha.demand("", "resume");
      alpha.await("alpha may serve again", () -> alpha.says("is", "ready"));
    }
  }

  @Test
  void aServiceThatEndsAloneIsStartedAgainWhereItIs() throws Exception {
    try (Machine alpha = new Machine(directory, "alpha", "primary").asFirst(CLUSTER)) {
      alpha.startDaemon();
      alpha.awaitRole("active");
      alpha.await("it runs", () -> starts(alpha) > 0);
      long before = starts(alpha);

      Files.createFile(alpha.home().resolve("sick"));
      alpha.await("it was started again", () -> starts(alpha) > before);
      Files.delete(alpha.home().resolve("sick"));

      alpha.await(
          "it is well", () -> alpha.statusOrNothing().contains("\"condition\":\"started\""));
      assertThat(alpha.says("is", "active")).isTrue();
    }
  }

  @Test
  void aRestartThatFailsOnceIsTriedAgain() throws Exception {
    String cluster =
        Unhurried.FAILOVER
            + """
        resources:
          - command:
              name: web
              run: [sh, -c, "echo $$ >> ${home}/starts; rm ${home}/fail && exit 1; exec sleep 1000"]
              stop-after: 1s
        """;
    try (Machine alpha = new Machine(directory, "alpha", "primary").asFirst(cluster)) {
      alpha.startDaemon();
      alpha.awaitRole("active");
      List<String> processes = Files.readAllLines(alpha.home().resolve("starts"));

      Files.createFile(alpha.home().resolve("fail"));
      ProcessHandle.of(Long.parseLong(processes.getLast())).orElseThrow().destroyForcibly();

      alpha.await("it was started twice more", () -> starts(alpha) >= processes.size() + 2);
      alpha.await(
          "it is well", () -> alpha.statusOrNothing().contains("\"condition\":\"started\""));
      assertThat(alpha.says("is", "active")).isTrue();
      assertThat(explained(alpha)).contains("restart 1 within ten", "restart 2 within ten");
    }
  }

  @Test
  void whatWasSeenBeforeTheServiceWasStartedIsNoSickness() throws Exception {
    String cluster =
        Unhurried.FAILOVER
            + """
        resources:
          - command: { name: web, run: [sh, -c, "echo x >> ${home}/starts; exec sleep 1000"] }
          - command:
              name: slow
              start: [touch, "${home}/on"]
              stop: [rm, -f, "${home}/on"]
              check: [sh, -c, "mkdir ${home}/looked 2>/dev/null && sleep 3; test -e ${home}/on"]
        """;
    try (Machine alpha = new Machine(directory, "alpha", "primary").asFirst(cluster)) {
      alpha.startDaemon();

      alpha.await(
          "both were looked at once more, the first look began before the start",
          () -> alpha.statusOrNothing().split("\"condition\":\"started\"", -1).length == 3);
      assertThat(explained(alpha)).doesNotContain("SERVICE_RESTARTED", "SERVICE_SICK");
    }
  }
}
