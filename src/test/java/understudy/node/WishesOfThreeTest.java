package understudy.node;

import static org.assertj.core.api.Assertions.assertThat;
import static understudy.node.RunningNodes.await;
import static understudy.node.RunningNodes.ended;
import static understudy.node.RunningNodes.silence;
import static understudy.node.RunningNodes.start;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import understudy.Unhurried;
import understudy.api.Action;
import understudy.api.Views;
import understudy.failover.Designation;

/** What a person asks of one of three running daemons, and means for another or for all. */
class WishesOfThreeTest {
  private static final String DATA =
      """
      datasets:
        - { name: files, path: DATA, every: continuous }
      """;

  @TempDir Path directory;

  /** What a test does once alpha serves, beta could take over, and gamma is heard by both. */
  private interface Story {
    void tell(Node alpha, Node beta, Node gamma) throws Exception;
  }

  private void play(String cluster, Story story) throws Exception {
    play(cluster, Designation.DR, story);
  }

  private void play(String cluster, Designation designation, Story story) throws Exception {
    var pair = new PreparedPair(directory, cluster);
    PreparedPair.Side third = pair.gamma(directory, cluster, designation);
    try (Node alpha = start(pair.alpha)) {
      await("alpha serves", alpha.front()::isActive);
      alpha.meet(pair.beta.member());
      alpha.meet(third.member());
      try (Node beta = start(pair.beta)) {
        beta.meet(third.member());
        try (Node gamma = start(third)) {
          await("one would take over", () -> protects(alpha) && protects(beta));
          await("gamma is heard", () -> isHeard(alpha, "gamma") && isHeard(beta, "gamma"));
          await("gamma hears", () -> isHeard(gamma, "alpha") && isHeard(gamma, "beta"));
          story.tell(alpha, beta, gamma);
        }
      }
    }
  }

  /** By itself, or once a person says yes. */
  private static boolean protects(Node node) {
    String protection = node.front().status().protection();
    return protection.equals("PROTECTED") || protection.equals("DEGRADED");
  }

  private static boolean isHeard(Node node, String other) {
    return node.front().status().nodes().stream()
        .anyMatch(row -> row.name().equals(other) && !row.role().equals("unknown"));
  }

  @Test
  void aSyncThatIsAskedOfTheActiveNodeIsDoneByTheStandbyBesideIt() throws Exception {
    play(
        Unhurried.FAILOVER + DATA,
        (alpha, beta, gamma) -> {
          Views.Operation synced = ended(alpha, Action.of(Action.Kind.SYNC));

          assertThat(synced.id()).startsWith("beta:");
          assertThat(synced.state()).as(synced.toString()).isEqualTo("done");

          silence(beta);
          silence(gamma);
          await("alpha is alone", () -> !isHeard(alpha, "beta") && !isHeard(alpha, "gamma"));
          assertThat(ended(alpha, Action.of(Action.Kind.SYNC)).code()).isEqualTo("no-standby");
        });
  }

  @Test
  void aSyncThatIsAskedOfTheActiveNodeEndsWhenEveryStandbyHasCopied() throws Exception {
    play(
        Unhurried.FAILOVER + DATA,
        Designation.SECONDARY,
        (alpha, beta, gamma) -> {
          Views.Operation synced = ended(alpha, Action.of(Action.Kind.SYNC));
          assertThat(synced.state()).as(synced.toString()).isEqualTo("done");
          assertThat(synced.message()).contains("beta:").contains("gamma:");

          Views.Operation unknown = ended(alpha, sync("mail", false));
          assertThat(unknown.state()).as(unknown.toString()).isEqualTo("refused");
          assertThat(unknown.code()).isEqualTo("unknown-dataset");

          Views.Operation rehearsed = rehearsed(alpha, null);
          assertThat(rehearsed.state()).as(rehearsed.toString()).isEqualTo("done");
          assertThat(rehearsed.message()).isEqualTo("would copy now: files");
        });
  }

  @Test
  void aCancelledCountdownIsCancelledOnEveryNodeThatCounts() throws Exception {
    play(
        "failover: { " + Unhurried.TIMES + ", on-failure: ask }\n" + DATA,
        (alpha, beta, gamma) -> {
          silence(alpha);
          await("both count", () -> counts(beta) && counts(gamma));

          Views.Operation cancelled = ended(gamma, Action.of(Action.Kind.CANCEL));

          assertThat(cancelled.state()).as(cancelled.toString()).isEqualTo("done");
          assertThat(cancelled.message()).contains("also on beta");
          await("beta knows", () -> isCancelled(beta));
        });
  }

  private static boolean counts(Node node) {
    return node.front().status().countdown() != null;
  }

  private static boolean isCancelled(Node node) {
    return RunningNodes.told(node).stream()
        .anyMatch(row -> row.rule().equals("COUNTDOWN_CANCELLED"));
  }

  /** As when the path between the two is cut, and a person forced the second one. */
  @Test
  void aConflictOfTwoThatDoNotHearEachOtherIsEndedByTheThird() throws Exception {
    var pair = new PreparedPair(directory, Unhurried.FAILOVER);
    PreparedPair.Side third = pair.gamma(directory, Unhurried.FAILOVER);
    try (Node alpha = start(pair.alpha);
        Node beta = start(pair.beta);
        Node gamma = start(third)) {
      alpha.meet(third.member()); // and not beta
      beta.meet(third.member());
      await("gamma hears both", () -> isHeard(gamma, "alpha") && isHeard(gamma, "beta"));
      await("alpha serves", alpha.front()::isActive);
      ended(beta, wish(Action.Kind.PROMOTE, true, null));
      await("both serve", () -> alpha.front().isActive() && beta.front().isActive());
      await("gamma knows", () -> gamma.front().status().protection().equals("CONFLICT"));

      Action resolve = wish(Action.Kind.RESOLVE, null, "beta");
      String id = gamma.front().act(resolve, "a test", Optional.of("key")).id();
      assertThat(id).startsWith("alpha:");
      await(
          "it has ended",
          () -> gamma.front().operation(id).filter(it -> it.finished() != null).isPresent());
      assertThat(gamma.front().operation(id).orElseThrow().state()).isEqualTo("done");
      assertThat(alpha.front().isActive()).isFalse();
      assertThat(beta.front().isActive()).isTrue();

      await("gamma knows", () -> !gamma.front().status().protection().equals("CONFLICT"));
      Views.Operation again = gamma.front().act(resolve, "a test", Optional.of("key"));
      assertThat(again.code()).as("nobody is demoted now: " + again).isEqualTo("no-conflict");
    }
  }

  private static Action wish(Action.Kind kind, @Nullable Boolean force, @Nullable String survivor) {
    return new Action(kind, null, null, force, null, null, survivor, null, null, null, null, null);
  }

  @Test
  void aDryRunOfASyncKnowsTheDatasets() throws Exception {
    play(
        Unhurried.FAILOVER + DATA,
        (alpha, beta, gamma) -> {
          assertThat(rehearsed(alpha, null).message()).isEqualTo("would copy now: files");
          assertThat(rehearsed(alpha, "mail").code()).isEqualTo("unknown-dataset");
        });
  }

  private static Views.Operation rehearsed(Node node, @Nullable String dataset) {
    return node.front().act(sync(dataset, true), "a test", Optional.empty());
  }

  private static Action sync(@Nullable String dataset, boolean dryRun) {
    return new Action(
        Action.Kind.SYNC, null, null, null, null, null, null, null, dataset, null, dryRun, null);
  }
}
