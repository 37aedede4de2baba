package understudy.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static understudy.node.RunningNodes.await;
import static understudy.node.RunningNodes.start;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import understudy.Unhurried;
import understudy.api.Action;
import understudy.api.Views;

/** Two whole daemons in one process, on loopback. */
class NodeTest {
  private static final String CLUSTER =
      Unhurried.FAILOVER
          + """
      datasets:
        - { name: files, path: DATA, every: continuous }
      """;

  private static final Action DEMOTE_ANYHOW =
      new Action(
          Action.Kind.DEMOTE, null, true, null, null, null, null, null, null, null, null, null);

  @TempDir Path directory;

  @Test
  void onlyOneOfTwoServesAndTheOtherFollows() throws Exception {
    var pair = new PreparedPair(directory, CLUSTER);
    Files.writeString(pair.alpha.data().resolve("ledger"), "one\n");

    try (Node alpha = start(pair.alpha)) {
      await("alpha serves", alpha.front()::isActive);
      alpha.meet(pair.beta.member());
      try (Node beta = start(pair.beta)) {
        await("beta has the data", () -> beta.front().isStandby(Duration.ofSeconds(5)));

        assertThat(Files.readString(pair.beta.data().resolve("ledger"))).isEqualTo("one\n");
        assertThat(beta.front().isActive()).isFalse();
      }
    }
  }

  @Test
  void aStandbyThatIsLeftAloneDoesNotServe() throws Exception {
    var pair = new PreparedPair(directory, CLUSTER);
    try (Node alpha = start(pair.alpha)) {
      await("alpha serves", alpha.front()::isActive);
      alpha.meet(pair.beta.member());
      try (Node beta = start(pair.beta)) {
        await("beta has the data", () -> beta.front().isStandby(Duration.ofSeconds(5)));

        alpha.part(pair.beta.name());
        beta.part(pair.alpha.name());

        await(
            "beta says why it waits",
            () -> String.valueOf(beta.front().status().waitingFor()).contains("served last"));
        assertThat(beta.front().isActive()).isFalse();
        assertThat(alpha.front().isActive()).isTrue();
      }
    }
  }

  @Test
  void aSecondDaemonOnTheSameStateIsRefusedAndChangesNothing() throws Exception {
    var pair = new PreparedPair(directory, CLUSTER);
    try (Node alpha = start(pair.alpha)) {
      await("alpha serves", alpha.front()::isActive);

      assertThatThrownBy(() -> start(pair.alpha))
          .isInstanceOf(StartException.class)
          .hasMessageContaining("another daemon (pid " + ProcessHandle.current().pid() + ")");
      assertThat(alpha.front().isActive()).isTrue();
    }
  }

  @Test
  void switchingOverMovesTheRoleAndLosesNothing() throws Exception {
    var pair = new PreparedPair(directory, CLUSTER);
    try (Node alpha = start(pair.alpha)) {
      await("alpha serves", alpha.front()::isActive);
      alpha.meet(pair.beta.member());
      try (Node beta = start(pair.beta)) {
        await("beta has the data", () -> beta.front().isStandby(Duration.ofSeconds(5)));
        Files.writeString(pair.alpha.data().resolve("last"), "written a moment before");

        var asked = beta.front().act(Action.of(Action.Kind.SWITCHOVER), "a test", Optional.empty());
        await(
            "the switchover ends",
            () -> beta.front().operation(asked.id()).orElseThrow().finished() != null);

        assertThat(beta.front().operation(asked.id()).orElseThrow().state()).isEqualTo("done");
        assertThat(beta.front().isActive()).isTrue();
        assertThat(alpha.front().isActive()).isFalse();
        assertThat(pair.beta.data().resolve("last")).hasContent("written a moment before");
      }
    }
  }

  @Test
  void wishesThatContradictEachOtherAllEndAndLeaveOneThatServes() throws Exception {
    var pair = new PreparedPair(directory, CLUSTER);
    try (Node alpha = start(pair.alpha)) {
      await("alpha serves", alpha.front()::isActive);
      alpha.meet(pair.beta.member());
      try (Node beta = start(pair.beta)) {
        await("beta has the data", () -> beta.front().isStandby(Duration.ofSeconds(5)));

        List<Callable<Views.Operation>> wishes =
            List.of(
                () -> wish(alpha, Action.Kind.SWITCHOVER),
                () -> wish(beta, Action.Kind.SWITCHOVER),
                () -> wish(alpha, Action.Kind.DEMOTE),
                () -> wish(beta, Action.Kind.PROMOTE),
                () -> wish(beta, Action.Kind.FAILBACK),
                () -> wish(alpha, Action.Kind.RESOLVE));
        List<Future<Views.Operation>> asked;
        try (var people = Executors.newVirtualThreadPerTaskExecutor()) {
          asked = people.invokeAll(wishes);
        }

        for (Future<Views.Operation> each : asked) {
          String id = each.get().id();
          await(
              "an end of " + each.get().action() + " " + id,
              () ->
                  Stream.of(alpha, beta)
                      .flatMap(node -> node.front().operation(id).stream())
                      .anyMatch(operation -> operation.finished() != null));
        }
        await(
            "one of them serves and the other follows",
            () ->
                alpha.front().isActive()
                    ? beta.front().isStandby(Duration.ofSeconds(5))
                    : beta.front().isActive() && alpha.front().isStandby(Duration.ofSeconds(5)));
      }
    }
  }

  private static Views.Operation wish(Node node, Action.Kind kind) {
    return node.front().act(Action.of(kind), "a test", Optional.empty());
  }

  @Test
  void aRehearsedActionChangesNothing() throws Exception {
    var pair = new PreparedPair(directory, CLUSTER);
    try (Node alpha = start(pair.alpha)) {
      await("alpha serves", alpha.front()::isActive);
      var rehearsed =
          new Action(
              Action.Kind.DEMOTE, null, null, null, null, null, null, null, null, null, true, null);

      Views.Operation answer = alpha.front().act(rehearsed, "a test", Optional.empty());

      assertThat(answer.state()).isEqualTo("refused");
      assertThat(answer.fix()).contains("--even-if-peer-unreachable");
      assertThat(alpha.front().isActive()).isTrue();
    }
  }

  @Test
  void eitherNodeExplainsASwitchoverFromTheHistoryOfBoth() throws Exception {
    var pair = new PreparedPair(directory, CLUSTER);
    try (Node alpha = start(pair.alpha)) {
      await("alpha serves", alpha.front()::isActive);
      alpha.meet(pair.beta.member());
      try (Node beta = start(pair.beta)) {
        await("beta has the data", () -> beta.front().isStandby(Duration.ofSeconds(5)));
        var asked = beta.front().act(Action.of(Action.Kind.SWITCHOVER), "a test", Optional.empty());
        await(
            "the switchover ends",
            () -> beta.front().operation(asked.id()).orElseThrow().finished() != null);

        for (Node node : new Node[] {alpha, beta}) {
          await(
              "the story is told",
              () ->
                  node.front()
                      .explain("now")
                      .orElseThrow()
                      .answer()
                      .toString()
                      .matches(
                          ".*beta began to serve in term \\d+, because the active node released.*"));
          Views.Explanation told = node.front().explain("now").orElseThrow();
          assertThat(told.sources()).contains("alpha", "beta");
          assertThat(told.rows()).extracting(Views.HistoryRow::node).contains("alpha", "beta");
        }
        assertThat(alpha.front().explain("999999")).isEmpty();
        assertThat(alpha.front().explain("beta:1")).isPresent();
        assertThatThrownBy(() -> alpha.front().explain("yesterday"))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("10:05");
      }
    }
  }

  private static Action action(
      Action.Kind kind,
      @Nullable Long forSeconds,
      @Nullable String survivor,
      @Nullable String target) {
    return new Action(
        kind, null, null, null, forSeconds, null, survivor, target, null, "a test", null, null);
  }

  @Test
  void aRepeatedWishIsNotASecondOneThoughTheRolesHaveSwappedMeanwhile() throws Exception {
    var pair = new PreparedPair(directory, CLUSTER);
    try (Node alpha = start(pair.alpha)) {
      await("alpha serves", alpha.front()::isActive);
      alpha.meet(pair.beta.member());
      try (Node beta = start(pair.beta)) {
        await("beta has the data", () -> beta.front().isStandby(Duration.ofSeconds(5)));
        var wish = Action.of(Action.Kind.SWITCHOVER);
        var first = beta.front().act(wish, "a test", Optional.of("key"));
        await("beta serves", beta.front()::isActive);
        await("alpha follows", () -> alpha.front().isStandby(Duration.ofSeconds(5)));

        var again = beta.front().act(wish, "a test", Optional.of("key"));
        assertThat(again.id()).isEqualTo(first.id());
        assertThat(beta.front().isActive()).isTrue();

        var own = beta.front().act(wish, "a test", Optional.of("other"));
        await("alpha serves again", alpha.front()::isActive);
        var other = action(Action.Kind.DEMOTE, null, null, null);
        var refused = beta.front().act(other, "a test", Optional.of("other"));
        assertThat(own.action()).isEqualTo("switchover");
        assertThat(refused.code()).isEqualTo("key-reused");
      }
    }
  }

  @Test
  void automationIsPausedOnAllNodesAndStaysSoAcrossARestart() throws Exception {
    var pair = new PreparedPair(directory, CLUSTER);
    try (Node alpha = start(pair.alpha)) {
      await("alpha serves", alpha.front()::isActive);
      alpha.meet(pair.beta.member());
      try (Node beta = start(pair.beta)) {
        await("beta has the data", () -> beta.front().isStandby(Duration.ofSeconds(5)));

        var paused =
            alpha
                .front()
                .act(action(Action.Kind.PAUSE, 600L, null, null), "a test", Optional.empty());

        assertThat(paused.state()).isEqualTo("done");
        assertThat(paused.message()).matches(".*(also|begun) on beta");
        await("beta knows", () -> beta.front().status().automation().equals("paused"));
      }
      try (Node beta = start(pair.beta)) {
        assertThat(beta.front().status().automation()).isEqualTo("paused");
        assertThat(beta.front().status().pausedUntil()).isNotNull();
        await("beta is back", () -> beta.front().isStandby(Duration.ofSeconds(5)));

        var resumed = beta.front().act(Action.of(Action.Kind.RESUME), "a test", Optional.empty());

        assertThat(resumed.message()).matches(".*(also|begun) on alpha");
        await("alpha knows", () -> alpha.front().status().automation().equals("armed"));
      }
    }
  }

  @Test
  void aPauseEndsAtItsTimeThoughTheDaemonWasStartedAnewMeanwhile() throws Exception {
    var pair = new PreparedPair(directory, CLUSTER);
    try (Node alpha = start(pair.alpha)) {
      await("alpha serves", alpha.front()::isActive);
      alpha.front().act(action(Action.Kind.PAUSE, 10L, null, null), "a test", Optional.empty());
      await("it is paused", () -> alpha.front().status().automation().equals("paused"));
    }
    try (Node alpha = start(pair.alpha)) {
      await("the pause is over", () -> alpha.front().status().automation().equals("armed"));
      assertThat(alpha.front().status().pausedUntil()).isNull();
    }
  }

  @Test
  void aNodeThatDoesNotExistIsRefusedWithTheNamesOfThoseThatDo() throws Exception {
    var pair = new PreparedPair(directory, CLUSTER);
    try (Node alpha = start(pair.alpha)) {
      await("alpha serves", alpha.front()::isActive);

      for (Action wish :
          new Action[] {
            action(Action.Kind.RESOLVE, null, "gamma", null),
            action(Action.Kind.SWITCHOVER, null, null, "gamma")
          }) {
        var refused = alpha.front().act(wish, "a test", Optional.empty());

        assertThat(refused.state()).isEqualTo("refused");
        assertThat(refused.code()).isEqualTo("unknown-node");
        assertThat(refused.fix()).contains("alpha");
      }
      assertThat(alpha.front().isActive()).isTrue();
    }
  }

  @Test
  void whenBothAreStandbyTheEvidenceChoosesWhoServesAndOtherwiseThereIsNoConflict()
      throws Exception {
    var pair = new PreparedPair(directory, CLUSTER);
    try (Node alpha = start(pair.alpha)) {
      await("alpha serves", alpha.front()::isActive);
      alpha.meet(pair.beta.member());
      try (Node beta = start(pair.beta)) {
        await("beta has the data", () -> beta.front().isStandby(Duration.ofSeconds(5)));
        var resolve = Action.of(Action.Kind.RESOLVE);
        var none = beta.front().act(resolve, "a test", Optional.empty());
        assertThat(none.code()).isEqualTo("no-conflict");
        assertThat(none.message()).contains("alpha serves alone");

        alpha.front().act(Action.of(Action.Kind.PAUSE), "a test", Optional.empty());
        alpha.front().act(DEMOTE_ANYHOW, "a test", Optional.empty());
        await("nobody serves", () -> !alpha.front().isActive() && !beta.front().isActive());
        await("alpha has stopped", () -> alpha.front().isStandby(Duration.ofMinutes(5)));

        var chosen = beta.front().act(resolve, "a test", Optional.empty());
        await("alpha serves again: it has the newer data", alpha.front()::isActive);
        assertThat(chosen.id()).startsWith("alpha:");
        await(
            "the evidence is in the history",
            () ->
                beta.front().history(Long.MAX_VALUE, 20).stream()
                    .anyMatch(
                        row ->
                            row.rule().equals("RESOLVED")
                                && row.evidence().toString().contains("newer data: ")));
      }
    }
  }
}
