package understudy.resource.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import understudy.config.ResourceConfig;
import understudy.failover.NodeName;
import understudy.resource.Condition;
import understudy.resource.Outcome;
import understudy.resource.Resource;
import understudy.resource.ResourceContract;

class StartStopScriptTest implements ResourceContract {
  @TempDir private Path state;
  private StartStopScript flag;

  @BeforeEach
  void configure() {
    flag = script("echo $UNDERSTUDY_ROLE $UNDERSTUDY_TERM > flag", "rm -f flag", "test -e flag");
  }

  private StartStopScript script(String start, String stop, String check) {
    return script(start, stop, check, Duration.ofSeconds(20));
  }

  private StartStopScript script(String start, String stop, String check, Duration timeout) {
    return new StartStopScript(
        new ResourceConfig.Script(
            "flag",
            List.of("/bin/sh", "-c", start),
            List.of("/bin/sh", "-c", stop),
            check.isEmpty() ? List.of() : List.of("/bin/sh", "-c", check),
            Optional.of(state),
            Map.of(),
            timeout),
        new Surroundings("test", new NodeName("alpha"), state));
  }

  @Override
  public Resource resource() {
    return flag;
  }

  @Test
  void knowsTheRoleAndTheTerm() throws Exception {
    flag.start(TERM, SOON);
    assertThat(state.resolve("flag")).hasContent("active 7");
  }

  @Test
  void saysWhatAFailedStartWrote() throws Exception {
    Outcome outcome = script("echo no disk; exit 4", "true", "false").start(TERM, SOON);
    assertThat(outcome).isInstanceOf(Outcome.Failed.class);
    assertThat(outcome.sentence()).contains("exited with 4").contains("no disk");
  }

  @Test
  void isNotBelievedWhenItSucceedsWithoutEffect() throws Exception {
    assertThat(script("true", "true", "false").start(TERM, SOON).sentence())
        .contains("succeeded, yet it is stopped");
  }

  @Test
  void isKilledWithItsDescendantsAtItsDeadline() throws Exception {
    StartStopScript hanging =
        script("sleep 100 & echo $! > child; wait", "true", "false", Duration.ofSeconds(2));
    Outcome outcome = hanging.start(TERM, SOON);
    assertThat(outcome.sentence()).contains("killed after 2000 ms");
    long child = Long.parseLong(Files.readString(state.resolve("child")).strip());
    assertThat(LiveProcess.lives(child)).isFalse();
  }

  @Test
  void isUnknownWithoutACheckOrWhenTheCheckHangs() throws Exception {
    assertThat(script("true", "true", "").check()).isInstanceOf(Condition.Unknown.class);
    assertThat(script("true", "true", "sleep 100", Duration.ofMillis(500)).check())
        .isInstanceOf(Condition.Unknown.class);
  }
}
