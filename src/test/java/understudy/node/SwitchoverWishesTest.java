package understudy.node;

import static org.assertj.core.api.Assertions.assertThat;
import static understudy.node.RunningNodes.await;
import static understudy.node.RunningNodes.awaitProtection;
import static understudy.node.RunningNodes.awaitTold;
import static understudy.node.RunningNodes.ended;
import static understudy.node.RunningNodes.silence;
import static understudy.node.RunningNodes.start;
import static understudy.node.RunningNodes.switchover;
import static understudy.node.RunningNodes.told;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import understudy.Unhurried;
import understudy.api.Action;
import understudy.api.Views;

/** Switchovers that a person cancels, or wants otherwise than usual, on two running daemons. */
class SwitchoverWishesTest {
  private static final int MEGABYTE = 1 << 20;

  @TempDir Path directory;

  /** What a test does once alpha serves and beta could take over. */
  private interface Story {
    void tell(Node alpha, Node beta) throws Exception;
  }

  private PreparedPair play(String cluster, Story story) throws Exception {
    var pair = new PreparedPair(directory, cluster);
    try (Node alpha = start(pair.alpha)) {
      await("alpha serves", alpha.front()::isActive);
      alpha.meet(pair.beta.member());
      try (Node beta = start(pair.beta)) {
        awaitProtection(alpha, beta);
        story.tell(alpha, beta);
      }
    }
    return pair;
  }

  @Test
  void aSwitchoverThatIsCancelledOnEitherNodeWhileTheServiceStopsLeavesItWhereItWas()
      throws Exception {
    var service = new RecordedService(directory);
    play(
        Unhurried.FAILOVER + service.resources(),
        (alpha, beta) -> {
          Files.createFile(service.clings());
          Views.Operation begun =
              alpha.front().act(switchover(null, null), "a test", Optional.empty());
          await("the service stops", () -> service.story().contains("alpha stops"));

          Views.Operation cancelled = ended(beta, Action.of(Action.Kind.CANCEL));
          Files.delete(service.clings());

          assertThat(cancelled.state()).as(cancelled.toString()).isEqualTo("done");
          Views.Operation switchover = ended(alpha, begun);
          assertThat(switchover.code()).isEqualTo("rolled-back");
          assertThat(switchover.message()).contains("an operator cancelled it; alpha serves again");
          await("alpha serves again", alpha.front()::isActive);
          assertThat(service.story()).doesNotContain("beta starts");
          assertThat(ended(alpha, Action.of(Action.Kind.CANCEL)).code())
              .isEqualTo("nothing-to-cancel");
        });
  }

  @Test
  void withoutAFinalSyncTheRoleMovesAtOnceAndWhatWasNotCopiedStaysBehind() throws Exception {
    byte[] noise = new byte[2 * MEGABYTE];
    new Random(7).nextBytes(noise);
    Path late = directory.resolve("alpha/data/late");
    var pair =
        play(
            Unhurried.FAILOVER
                + """
            datasets:
              - { name: files, path: DATA, every: continuous, limit: 16KiB/s }
            """,
            (alpha, beta) -> {
              Files.write(late, noise); // with a final sync it would take two minutes

              Views.Operation moved = ended(alpha, switchover(false, null));

              assertThat(moved.state()).as(moved.toString()).isEqualTo("done");
              assertThat(beta.front().isActive()).isTrue();
              awaitTold(alpha, "RELEASED", "without final sync");
              assertThat(told(alpha))
                  .extracting(Views.HistoryRow::rule)
                  .doesNotContain("FINAL_SYNC");
            });
    assertThat(pair.beta.data().resolve("late")).doesNotExist();
  }

  /** The answer is all that there is of a dry run: it cannot be asked for again. */
  private static Views.Operation rehearsed(Node node, Action.Kind kind, Optional<String> key) {
    var wish = new Action(kind, null, null, null, null, null, null, null, null, null, true, null);
    return node.front().act(wish, "a test", key);
  }

  @Test
  void aDryRunIsAnsweredByTheNodeThatWouldActAndLeavesItsKeyFree() throws Exception {
    play(
        Unhurried.FAILOVER,
        (alpha, beta) -> {
          Optional<String> key = Optional.of("patch day");

          Views.Operation planned = rehearsed(beta, Action.Kind.SWITCHOVER, key);
          assertThat(planned.id()).startsWith("alpha:");
          assertThat(planned.state()).as(planned.toString()).isEqualTo("done");
          assertThat(planned.message()).startsWith("would switchover: ");
          assertThat(rehearsed(beta, Action.Kind.PROMOTE, Optional.empty()).code())
              .isEqualTo("peer-serves");
          assertThat(alpha.front().isActive()).isTrue();

          Views.Operation moved =
              ended(beta, beta.front().act(switchover(null, null), "a test", key));
          assertThat(moved.state()).as(moved.toString()).isEqualTo("done");
          assertThat(beta.front().isActive()).isTrue();
        });
  }

  @Test
  void whatAPromotionWouldFindIsNotForetold() throws Exception {
    play(
        Unhurried.FAILOVER,
        (alpha, beta) -> {
          ended(beta, Action.of(Action.Kind.PAUSE));
          silence(alpha);
          awaitTold(beta, "AUTOMATION_PAUSED", "");

          Views.Operation planned = rehearsed(beta, Action.Kind.PROMOTE, Optional.empty());

          assertThat(planned.message()).isEqualTo("would promote: looks at the network first");
          assertThat(beta.front().isActive()).isFalse();
        });
  }

  @Test
  void besideASilentStandbyTheServiceStopsOnlyForAPersonWhoWantsItEvenSo() throws Exception {
    var service = new RecordedService(directory);
    play(
        Unhurried.FAILOVER + service.resources(),
        (alpha, beta) -> {
          silence(beta);
          await("beta is silent", () -> alpha.front().status().protection().equals("UNPROTECTED"));

          Views.Operation refused = ended(alpha, switchover(null, null));
          assertThat(refused.code()).isEqualTo("no-target");
          assertThat(refused.fix()).contains("--even-if-peer-unreachable");
          assertThat(alpha.front().isActive()).isTrue();

          Views.Operation done = ended(alpha, switchover(null, true));
          assertThat(done.state()).as(done.toString()).isEqualTo("done");
          assertThat(alpha.front().isActive()).isFalse();
          assertThat(service.story()).isEqualTo(List.of("alpha starts", "alpha stops"));
        });
  }
}
