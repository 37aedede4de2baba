package understudy.node;

import static org.assertj.core.api.Assertions.assertThat;
import static understudy.node.RunningNodes.await;
import static understudy.node.RunningNodes.awaitProtection;
import static understudy.node.RunningNodes.awaitTold;
import static understudy.node.RunningNodes.ended;
import static understudy.node.RunningNodes.silence;
import static understudy.node.RunningNodes.start;
import static understudy.node.RunningNodes.switchover;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import understudy.Unhurried;
import understudy.api.Action;
import understudy.api.Views;

/** Pairs with a fence command, of which the active node dies. */
class FencedTakeoverTest {
  @TempDir Path directory;

  /** What a test does once beta is alone. */
  private interface Story {
    void tell(Node beta, RecordedService service) throws Exception;
  }

  private void play(String fenceScript, Story story) throws Exception {
    var service = new RecordedService(directory);
    String failover = "failover: { " + Unhurried.TIMES + ", " + service.fence(fenceScript) + " }\n";
    var pair = new PreparedPair(directory, failover + service.resources());
    try (Node alpha = start(pair.alpha)) {
      await("alpha serves", alpha.front()::isActive);
      alpha.meet(pair.beta.member());
      try (Node beta = start(pair.beta)) {
        awaitProtection(alpha, beta);
        silence(alpha);
        story.tell(beta, service);
      }
    }
  }

  private static boolean waitsBecause(Node node, String reason) {
    return String.valueOf(node.front().status().waitingFor()).contains(reason);
  }

  @Test
  void theRoleIsTakenOnlyOnceTheCommandHasSwitchedTheSilentNodeOff() throws Exception {
    play(
        "test -e POWER || { echo the board is mute; exit 1; }",
        (beta, service) -> {
          await("beta waits", () -> waitsBecause(beta, "the fence command did not succeed"));
          assertThat(beta.front().isActive()).isFalse();
          assertThat(service.story()).startsWith("alpha starts", "beta fences alpha");
          assertThat(service.story()).doesNotContain("beta starts");
          awaitTold(beta, "FENCE_FAILED", "exited with 1: the board is mute");

          Files.createFile(service.power());
          await("beta serves", beta.front()::isActive);

          assertThat(service.story()).endsWith("beta fences alpha", "beta starts");
          assertThat(service.story()).doesNotContain("alpha stops");
          awaitTold(beta, "TAKES_OVER", "alpha is switched off");
        });
  }

  @Test
  void whatAPersonCancelledIsNotTakenThoughTheNodeIsOffUnlessAPersonAsksForIt() throws Exception {
    play(
        "until test -e POWER; do sleep 0.1; done",
        (beta, service) -> {
          await("the command runs", () -> service.story().contains("beta fences alpha"));
          await(
              "beta counts",
              () -> String.valueOf(beta.front().status().countdown()).contains("silentNode=alpha"));

          assertThat(ended(beta, Action.of(Action.Kind.CANCEL)).state()).isEqualTo("done");
          Files.createFile(service.power());

          awaitTold(beta, "CANCELLED", "alpha is switched off");
          assertThat(waitsBecause(beta, "a person cancelled this countdown")).isTrue();
          assertThat(service.story()).doesNotContain("beta starts");

          Views.Operation refused = ended(beta, switchover(null, null));
          assertThat(refused.code()).isEqualTo("not-active");
          assertThat(refused.fix()).contains("--even-if-peer-unreachable");
          assertThat(ended(beta, switchover(null, true)).state()).isEqualTo("done");
          assertThat(beta.front().isActive()).isTrue();
          assertThat(service.story().getLast()).isEqualTo("beta starts");
        });
  }
}
