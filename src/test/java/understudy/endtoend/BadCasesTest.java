package understudy.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong on real machines, done to real daemons. */
class BadCasesTest {
  private static final String FAST = "failover: { profile: fast, start-within: 3s }\n";
  private static final String FILES =
      "datasets:\n  - { name: files, path: \"${data}\", every: continuous }\n";

  @TempDir Path directory;

  private static int codeOf(Process daemon) throws InterruptedException {
    assertThat(daemon.waitFor(Machine.PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    return daemon.exitValue();
  }

  @Test
  void secondDaemonOnTheSameStateRefusesAndLeavesTheFirstAlone() throws Exception {
    try (Machine alpha = new Machine(directory, "alpha", "primary").asFirst(FAST + FILES)) {
      alpha.startDaemon();
      alpha.awaitRole("active");

      assertThat(codeOf(alpha.startDaemon())).isEqualTo(1);

      assertThat(alpha.log()).contains(alpha.home().resolve("state").toString());
      assertThat(alpha.says("is", "active")).isTrue();
    }
  }

  @Test
  void takenPortIsNamedAndNothingIsServed() throws Exception {
    String service =
        "resources:\n  - command: { name: s, run: [sh, -c, \"touch ${home}/ran; sleep 1000\"] }\n";
    try (Machine alpha = new Machine(directory, "alpha", "primary").asFirst(FAST + service);
        var taken = new ServerSocket(alpha.port(), 1, InetAddress.getLoopbackAddress())) {

      assertThat(codeOf(alpha.startDaemon())).isEqualTo(1);

      assertThat(alpha.log()).contains(Integer.toString(taken.getLocalPort()));
      assertThat(alpha.home().resolve("ran")).doesNotExist();
      assertThat(alpha.processes()).isEmpty();
    }
  }

  @Test
  void serviceThatExitsAtOnceIsReportedWithItsLastWordsAndNotCalledActive() throws Exception {
    String service =
        "resources:\n  - command: { name: broken, run: [sh, -c, \"echo no licence; exit 7\"] }\n";
    try (Machine alpha = new Machine(directory, "alpha", "primary").asFirst(FAST + service)) {
      alpha.startDaemon();

      alpha.await("the failure is in the history", () -> history(alpha).contains("no licence"));

      assertThat(alpha.says("is", "active")).isFalse();
      assertThat(history(alpha)).contains("ended by itself with 7");
    }
  }

  @Test
  void serviceThatNeverGetsWellIsStoppedAgain() throws Exception {
    String service =
        """
        resources:
          - command: { name: hangs, run: [sh, -c, "sleep 1000; : ${home}/"], stop-after: 1s }
            health: { tcp: "127.0.0.1:1", every: 100ms, failures: 2, timeout: 200ms }
        """;
    try (Machine alpha = new Machine(directory, "alpha", "primary").asFirst(FAST + service)) {
      alpha.startDaemon();

      alpha.await("the failure is in the history", () -> history(alpha).contains("not well"));

      assertThat(alpha.says("is", "active")).isFalse();
    }
  }

  @Test
  void daemonKilledWhileItStartsResourcesBeginsAnewWithoutASecondService() throws Exception {
    String service =
        """
        resources:
          - command: { name: slow, run: [sh, -c, "echo x >>${home}/starts; while [ ! -e ${home}/go ]; do sleep 0.1; done; exec sleep 1000"] }
            health: { command: [test, -e, "${home}/go"], every: 100ms }
        """;
    try (Machine alpha =
        new Machine(directory, "alpha", "primary")
            .asFirst("failover: { profile: fast, start-within: 60s }\n" + service)) {
      Process first = alpha.startDaemon();
      Path starts = alpha.home().resolve("starts");
      alpha.await("the service is starting", () -> Files.exists(starts));

      first.destroyForcibly().waitFor();
      alpha.startDaemon();
      Files.createFile(alpha.home().resolve("go"));
      alpha.awaitRole("active");

      assertThat(
              alpha.processes().stream()
                  .filter(it -> it.info().commandLine().orElse("").contains("starts"))
                  .filter(it -> !it.info().commandLine().orElse("").contains("guardian")))
          .hasSizeLessThanOrEqualTo(1);
      assertThat(alpha.says("is", "active")).isTrue();
    }
  }

  /** Needs root for a small file system of its own. */
  @Test
  @Tag("root")
  void standbyWithAFullDiskSaysSoAndRecoversByItselfWhenThereIsRoom() throws Exception {
    try (Machine alpha = new Machine(directory, "alpha", "primary").asFirst(FAST + FILES);
        Machine beta = new Machine(directory, "beta", "secondary");
        SmallDisk disk = SmallDisk.mount(beta.data(), 24)) {
      Files.writeString(alpha.data().resolve("ledger"), "one");
      alpha.startDaemon();
      alpha.awaitRole("active");
      beta.joining(alpha).startDaemon();
      beta.await("beta has the data", () -> Files.exists(beta.data().resolve("ledger")));

      byte[] large = new byte[16 << 20];
      new Random(1).nextBytes(large);
      Files.write(alpha.data().resolve("large"), large);
      beta.await("beta says why", () -> runs(beta).contains("no room"));
      assertThat(beta.data().resolve("ledger")).hasContent("one");
      assertThat(alpha.says("is", "active")).isTrue();

      disk.grow(128);
      beta.await("the copy goes on", () -> size(beta.data().resolve("large")) == large.length);
      beta.await("beta is ready again", () -> beta.says("is", "ready"));
    }
  }

  private static long size(Path file) {
    return file.toFile().length();
  }

  private static String history(Machine machine) {
    return said(machine, "history", "--output", "json");
  }

  private static String runs(Machine machine) {
    return said(machine, "sync", "history", "--output", "json");
  }

  private static String said(Machine machine, String... words) {
    try {
      return machine.run("", words).out();
    } catch (Exception failed) {
      throw new AssertionError(failed);
    }
  }
}
