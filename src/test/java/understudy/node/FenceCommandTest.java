package understudy.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import understudy.config.FailoverConfig;
import understudy.failover.Input;
import understudy.failover.NodeName;
import understudy.time.Moment;

class FenceCommandTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final NodeName PEER = new NodeName("beta");
  private static final Moment NOW = new Moment(1);

  @TempDir Path directory;

  private Optional<String> outcome(Optional<String> script) throws Exception {
    var inbox = new Inbox();
    var config =
        script.map(
            text -> new FailoverConfig.Fence(List.of("sh", "-c", text), Duration.ofSeconds(1)));
    try (var fence = new FenceCommand(() -> config, new NodeName("alpha"), inbox)) {
      fence.strike(PEER);
      Input ended = inbox.next(PATIENCE).orElseThrow().apply(NOW);
      assertThat(ended)
          .isInstanceOfSatisfying(
              Input.PeerFenced.class, it -> assertThat(it.peer()).isEqualTo(PEER));
      return ((Input.PeerFenced) ended).trouble();
    }
  }

  @Test
  void commandLearnsWhomToSwitchOff() throws Exception {
    Path said = directory.resolve("said");

    assertThat(outcome(Optional.of("echo $UNDERSTUDY_NODE fences $UNDERSTUDY_PEER >" + said)))
        .isEmpty();

    assertThat(Files.readString(said)).isEqualTo("alpha fences beta\n");
  }

  @Test
  void failureSaysWhatTheCommandSaid() throws Exception {
    assertThat(outcome(Optional.of("echo the board is mute >&2; exit 3")).orElseThrow())
        .contains("exited with 3")
        .contains("the board is mute");
  }

  @Test
  void commandThatHangsIsKilledAndCountsAsFailed() throws Exception {
    assertThat(outcome(Optional.of("exec sleep 60")).orElseThrow()).contains("was killed after");
  }

  @Test
  void withoutACommandNothingIsFenced() throws Exception {
    assertThat(outcome(Optional.empty())).isPresent();
  }
}
