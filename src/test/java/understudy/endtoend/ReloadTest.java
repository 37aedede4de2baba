package understudy.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import understudy.Unhurried;

/** A change of the cluster document on real daemons, by command and by SIGHUP. */
class ReloadTest {
  private static final String CLUSTER =
      Unhurried.FAILOVER
          + """
      datasets:
        - { name: files, path: "${data}", every: continuous }
      """;

  @TempDir Path directory;

  private static void hangUp(Process daemon) throws Exception {
    Process kill = new ProcessBuilder("kill", "-HUP", Long.toString(daemon.pid())).start();
    assertThat(kill.waitFor()).isZero();
  }

  @Test
  void anEditedFileIsTakenBySignalAndReachesTheOtherNode() throws Exception {
    try (Machine alpha = new Machine(directory, "alpha", "primary").asFirst(CLUSTER);
        Machine beta = new Machine(directory, "beta", "secondary")) {
      Process daemon = alpha.startDaemon();
      alpha.awaitRole("active");
      beta.joining(alpha);
      beta.startDaemon();
      alpha.await("beta is ready", () -> beta.says("is", "standby"));
      Path file = alpha.home().resolve("cluster.yaml");
      String before = Files.readString(file);

      Files.writeString(file, before.replace(Unhurried.TIMES, Unhurried.TIMES + ", max-lost: 3m"));
      hangUp(daemon);
      alpha.await("the mistake is logged", () -> logged(alpha, "unknown key 'max-lost'"));
      assertThat(daemon.isAlive()).isTrue();
      assertThat(alpha.demand("", "config", "export")).isEqualTo(before);

      Files.writeString(file, before.replace(Unhurried.TIMES, Unhurried.TIMES + ", max-loss: 3m"));
      hangUp(daemon);
      beta.await("it reaches beta", () -> exported(beta).contains("max-loss: 3m"));

      beta.demand("", "config", "set", "failover.max-loss", "4m");
      alpha.await("it reaches alpha", () -> exported(alpha).contains("max-loss: 4m"));
      assertThat(alpha.says("is", "active")).isTrue();

      Machine.Ended refused = beta.run("", "config", "set", "failover.max-los", "4m");
      assertThat(refused.code()).isEqualTo(2);
      assertThat(refused.err()).contains("did you mean 'max-loss'");
    }
  }

  private static boolean logged(Machine machine, String words) {
    try {
      return machine.log().contains(words);
    } catch (java.io.IOException unreadable) {
      throw new AssertionError(unreadable);
    }
  }

  private static String exported(Machine machine) {
    try {
      return machine.demand("", "config", "export");
    } catch (Exception failed) {
      throw new AssertionError(failed);
    }
  }
}
