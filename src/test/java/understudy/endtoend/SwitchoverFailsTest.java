package understudy.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import understudy.Unhurried;

/** Switchovers of real daemons in which a step fails: the service comes back where it was. */
class SwitchoverFailsTest {
  /** The service does not start where {@code refuses} lies, and takes seconds to stop. */
  private static final String SERVICE =
      "failover: { "
          + Unhurried.TIMES
          + ", stop-within: 10s }\n"
          + """
      datasets:
        - { name: files, path: "${data}", every: continuous }
      resources:
        - command:
            name: web
            run: [bash, -c, 'test -e ${home}/refuses && exit 1; trap "touch ${home}/stopping; sleep 3; exit" TERM; while :; do sleep 0.1; done']
            stop-after: 6s
      """;

  /** The stop script never ends where {@code hangs} lies. */
  private static final String SCRIPT =
      "failover: { "
          + Unhurried.TIMES
          + ", stop-within: 2s }\n"
          + """
      datasets:
        - { name: files, path: "${data}", every: continuous }
      resources:
        - command:
            name: web
            start: [touch, '${home}/started']
            stop: [bash, -c, 'test -e ${home}/hangs && exec sleep 60; rm -f ${home}/started']
            check: [test, -e, '${home}/started']
      """;

  @TempDir Path directory;

  /** What a test does once alpha serves and beta could take over. */
  private interface Story {
    void tell(Machine alpha, Machine beta, Process betaDaemon) throws Exception;
  }

  private void play(String cluster, Story story) throws Exception {
    try (Machine alpha = new Machine(directory, "alpha", "primary").asFirst(cluster);
        Machine beta = new Machine(directory, "beta", "secondary")) {
      alpha.startDaemon();
      alpha.awaitRole("active");
      beta.joining(alpha);
      Process daemon = beta.startDaemon();
      alpha.await("beta is ready", () -> beta.says("is", "ready"));
      Files.writeString(alpha.data().resolve("last"), "written a moment before");

      story.tell(alpha, beta, daemon);

      alpha.awaitRole("active");
      assertThat(alpha.data().resolve("last")).hasContent("written a moment before");
    }
  }

  @Test
  void whatDoesNotStartOnTheTargetIsServedWhereItWas() throws Exception {
    play(
        SERVICE,
        (alpha, beta, _) -> {
          Files.createFile(beta.home().resolve("refuses"));

          Machine.Ended ended = alpha.run("", "switchover", "--yes", "--wait=60s");

          assertThat(ended.code()).as(ended.toString()).isNotZero();
          assertThat(ended.out() + ended.err())
              .as(ended.toString())
              .contains("beta could not start", "alpha takes the role back");
          beta.awaitRole("standby");
        });
  }

  @Test
  void aTargetThatIsKilledWhileTheServiceStopsLeavesTheRoleWhereItWas() throws Exception {
    play(
        SERVICE,
        (alpha, _, daemon) -> {
          alpha.run("", "switchover", "--yes", "--wait=0s");
          alpha.await("the service stops", () -> Files.exists(alpha.home().resolve("stopping")));
          daemon.destroyForcibly().onExit().join();

          alpha.await("it is rolled back", () -> told(alpha).contains("ROLLED_BACK"));
        });
  }

  @Test
  void aStopThatHangsOnTheSourceIsRolledBack() throws Exception {
    play(
        SCRIPT,
        (alpha, _, _) -> {
          Files.createFile(alpha.home().resolve("hangs"));

          Machine.Ended ended = alpha.run("", "switchover", "--yes", "--wait=60s");

          assertThat(ended.code()).as(ended.toString()).isNotZero();
          assertThat(ended.out() + ended.err()).as(ended.toString()).contains("alpha serves again");
          Files.delete(alpha.home().resolve("hangs"));
        });
  }

  private static String told(Machine machine) {
    try {
      return machine.run("", "history").out();
    } catch (Exception failed) {
      throw new AssertionError(failed);
    }
  }
}
