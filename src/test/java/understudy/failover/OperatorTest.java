package understudy.failover;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static understudy.failover.Scene.ALPHA;
import static understudy.failover.Scene.BRAVO;
import static understudy.failover.Scene.REMOTE;
import static understudy.failover.Scene.policy;
import static understudy.failover.Scene.says;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import understudy.failover.Effect.Reply;
import understudy.failover.View.Probe;
import understudy.failover.View.Service;

/** What operators ask for, at good moments and at bad ones, once and again. */
class OperatorTest {
  private static final Request PROMOTE = new Request.Promote(false);
  private static final Request FORCE = new Request.Promote(true);

  @Test
  void promotionIsRefusedWhileAnotherServes() {
    var bravo = Scene.standby().asks(1, PROMOTE);

    assertThat(bravo.isRefused(1, Rule.PEER_SERVES)).isTrue();
    assertThat(bravo.role()).isEqualTo(Role.STANDBY);
  }

  @Test
  void promotionWaitsUntilTheSilenceIsLongEnough() {
    var bravo = Scene.standby().passes(ofMillis(2300)).asks(1, PROMOTE).passes(ofMillis(300));
    assertThat(bravo.role()).isEqualTo(Role.STANDBY);

    bravo.passes(ofMillis(1500)).settles().starts();

    assertThat(bravo.role()).isEqualTo(Role.ACTIVE);
    assertThat(bravo.rules()).contains(Rule.PROMOTED);
    assertThat(bravo.replies(1))
        .containsExactly(
            new Reply.Underway("looks at the network first"),
            new Reply.Underway("claimed term 6"),
            new Reply.Underway("starting resources"),
            new Reply.Done("active in term 6"));
  }

  @Test
  void promotionThatGetsNoEvidenceEnds() {
    var bravo =
        Scene.standby()
            .leavesProbesUnanswered()
            .passes(ofMillis(2300))
            .asks(1, PROMOTE)
            .passes(ofSeconds(7));

    assertThat(bravo.isRefused(1, Rule.UNPROVEN)).isTrue();
    assertThat(bravo.watch().approval()).isEmpty();
  }

  @Test
  void promotionOfANodeThatIsCutOffIsRefusedWithTheWayAgainstIt() {
    var bravo =
        Scene.standby()
            .network(false, Service.SILENT)
            .passes(ofSeconds(4))
            .asks(1, PROMOTE)
            .passes(ofMillis(300));

    assertThat(bravo.replies(1).getLast())
        .isInstanceOfSatisfying(
            Reply.Refused.class,
            refused -> {
              assertThat(refused.rule()).isEqualTo(Rule.ISOLATED);
              assertThat(refused.override()).contains("promote --force");
            });
  }

  @Test
  void promotionEndsWhenThePeerIsHeardToServeAfterAll() {
    var bravo =
        Scene.standby().passes(ofMillis(2300)).asks(1, PROMOTE).hears(says(ALPHA).active(5));

    assertThat(bravo.isRefused(1, Rule.PEER_SERVES)).isTrue();
    assertThat(bravo.watch().approval()).isEmpty();
  }

  @Test
  void secondPromotionIsRefusedWhileTheFirstWaits() {
    var bravo = Scene.standby().passes(ofMillis(2300)).asks(1, PROMOTE).asks(2, PROMOTE);

    assertThat(bravo.isRefused(2, Rule.BUSY)).isTrue();
    assertThat(bravo.passes(ofSeconds(2)).replies(1))
        .contains(new Reply.Underway("claimed term 6"));
  }

  @Test
  void forceAnswersThePromotionThatWaits() {
    var bravo = Scene.standby().passes(ofMillis(2300)).asks(1, PROMOTE).asks(2, FORCE);

    assertThat(bravo.isFailed(1, Rule.FORCED)).isTrue();
    assertThat(bravo.role()).isEqualTo(Role.STARTING);
  }

  @Test
  void forceLooksAtTheNetworkFirstWhereTheMandateWouldBeOverAtOnce() {
    var bravo = Scene.standby().leavesProbesUnanswered().passes(ofMillis(2300)).asks(1, FORCE);

    assertThat(bravo.role()).isEqualTo(Role.STANDBY);
    assertThat(bravo.replies(1)).contains(new Reply.Underway("looks at the network first"));

    bravo
        .feeds(at -> new Input.Probed(at, Probe.seen(at, true, Service.SILENT, "as staged")))
        .passes(ofMillis(200));
    assertThat(bravo.role()).isEqualTo(Role.STARTING);
    assertThat(bravo.replies(1)).contains(new Reply.Underway("claimed term 6"));
  }

  @Test
  void forceOnANodeThatIsCutOffIsRefusedWithTheReason() {
    var bravo = Scene.standby().network(false, Service.SILENT).passes(ofMillis(2300));

    bravo.asks(1, FORCE).passes(ofSeconds(7));

    assertThat(bravo.isRefused(1, Rule.UNPROVEN)).isTrue();
    assertThat(bravo.role()).isEqualTo(Role.STANDBY);
  }

  @Test
  void forceWaitsUntilTheOldMandateHasSurelyRunOut() {
    var bravo = Scene.standby().passes(ofSeconds(1)).asks(1, FORCE);
    assertThat(bravo.role()).isEqualTo(Role.STARTING);
    assertThat(bravo.term()).isEqualTo(new Term(6));

    bravo.passes(ofMillis(1300));
    assertThat(bravo.effects()).doesNotContain(new Effect.SettleData(new Term(6)));

    bravo.passes(ofMillis(400));
    assertThat(bravo.effects()).contains(new Effect.SettleData(new Term(6)));
  }

  @Test
  void promotionAmongPassiveNodesGoesBeforeTheBetterChoice() {
    var bravo =
        Scene.booted(policy(BRAVO), Durable.FRESH)
            .hears(says(ALPHA).standby(0))
            .asks(1, PROMOTE)
            .hears(says(ALPHA).standby(0));

    assertThat(bravo.role()).isEqualTo(Role.STARTING);
    assertThat(bravo.rules()).contains(Rule.PROMOTED);
  }

  @Test
  void promotionAfterASleepWaitsUntilTheNodeHasListened() {
    var bravo =
        Scene.booted(policy(BRAVO), Durable.FRESH)
            .accompaniedBy(says(ALPHA).standby(0))
            .sleeps(ofSeconds(5))
            .hears(says(ALPHA).standby(0))
            .asks(1, PROMOTE)
            .hears(says(ALPHA).standby(0));
    assertThat(bravo.role()).isEqualTo(Role.STANDBY);
    assertThat(bravo.replies(1)).hasSize(1);

    bravo.passes(ofMillis(2500));
    assertThat(bravo.role()).isEqualTo(Role.STARTING);
  }

  @Test
  void demoteNeedsSomebodyReady() {
    var alpha =
        Scene.active().accompaniedBy(says(BRAVO).standby(1).unready()).asks(1, demote(false));
    assertThat(alpha.isRefused(1, Rule.NO_TARGET)).isTrue();

    alpha.asks(2, demote(true));
    assertThat(alpha.role()).isEqualTo(Role.STOPPING);
    assertThat(alpha.last().rule()).isEqualTo(Rule.DEMOTED);
    assertThat(alpha.stops().isDone(2)).isTrue();
  }

  /** It would not take the role, and nobody would serve. */
  @Test
  void demoteNeedsSomebodyWhoDoesNotLackMoreThanMayBeLost() {
    var alpha = Scene.active().under(LossTest::maxLoss);
    alpha.accompaniedBy(says(BRAVO).standby(1).lagging(ofSeconds(3))).asks(1, demote(false));
    assertThat(alpha.isRefused(1, Rule.NO_TARGET)).isTrue();

    alpha.accompaniedBy(says(BRAVO).standby(1).lagging(ofSeconds(1))).asks(2, demote(false));
    assertThat(alpha.role()).isEqualTo(Role.STOPPING);
  }

  /** It would not take the role before automation goes on, and nobody would serve. */
  @Test
  void demoteNeedsSomebodyWhoIsNotPaused() {
    var alpha = Scene.active().accompaniedBy(says(BRAVO).standby(1).paused());

    alpha.asks(1, demote(false));
    assertThat(alpha.isRefused(1, Rule.NO_TARGET)).isTrue();
    assertThat(alpha.last().toString()).contains("ready, automation paused");

    alpha.asks(2, new Request.Switchover(true, false, Optional.empty()));
    assertThat(alpha.last().rule()).isEqualTo(Rule.PREPARES);
  }

  @Test
  void aFrozenNodeThatIsDemotedDoesNotReturnByItself() {
    var alpha =
        Scene.frozen().asks(1, demote(false)).network(true, Service.SILENT).passes(ofSeconds(20));

    assertThat(alpha.isDone(1)).isTrue();
    assertThat(alpha.rules()).contains(Rule.DEMOTED);
    assertThat(alpha.role()).isEqualTo(Role.FROZEN);
    assertThat(alpha.watch().blockedBy()).contains(Rule.UNWILLING);
  }

  @Test
  void aFrozenNodeThatIsDemotedFollowsWhoServesAndMayTakeTheRoleAgain() {
    var alpha =
        Scene.frozen()
            .asks(1, demote(false))
            .network(true, Service.SILENT)
            .hears(says(BRAVO).active(2));
    assertThat(alpha.role()).isEqualTo(Role.STANDBY);

    alpha.silence().passes(ofSeconds(10));
    assertThat(alpha.role()).isEqualTo(Role.STARTING);
  }

  @Test
  void demotedNodeIsReplacedAtOnceByTheOther() {
    var bravo = Scene.standby().hears(says(ALPHA).standby(5, 5).unwilling());

    assertThat(bravo.role()).isEqualTo(Role.STARTING);
    assertThat(bravo.last().rule()).isEqualTo(Rule.NOBODY_SERVES);
  }

  @Test
  void switchoverIsRefusedWithoutATargetThatCould() {
    assertRefusedFor(says(BRAVO).standby(1).unready());
    assertRefusedFor(says(BRAVO).standby(1).version("2"));
  }

  private static void assertRefusedFor(Scene.Says peer) {
    var alpha =
        Scene.active()
            .accompaniedBy(peer)
            .asks(1, new Request.Switchover(true, false, Optional.empty()));
    assertThat(alpha.isRefused(1, Rule.NO_TARGET)).isTrue();
    assertThat(alpha.role()).isEqualTo(Role.ACTIVE);
  }

  @Test
  void failbackOfTheDesignatedPrimaryIsDone() {
    assertThat(Scene.active().asks(1, new Request.Failback()).isDone(1)).isTrue();
  }

  @Test
  void failbackSwitchesOverToTheDesignatedPrimary() {
    var bravo =
        Scene.standby()
            .passes(ofMillis(3800))
            .settles()
            .starts()
            .accompaniedBy(says(ALPHA).standby(6, 5))
            .asks(1, new Request.Failback());

    assertThat(bravo.last().rule()).isEqualTo(Rule.PREPARES);
  }

  @Test
  void cancelWithoutACountdownIsRefused() {
    assertThat(Scene.standby().asks(1, new Request.Cancel()).isRefused(1, Rule.NOTHING_TO_CANCEL))
        .isTrue();
  }

  @Test
  void cancelAnswersAPromotionThatWaitsAndIsOverWhenAPeerIsHeard() {
    var bravo =
        Scene.booted(policy(BRAVO), Durable.FRESH).asks(1, PROMOTE).asks(2, new Request.Cancel());
    assertThat(bravo.isFailed(1, Rule.COUNTDOWN_CANCELLED)).isTrue();
    assertThat(bravo.watch().cancelled()).isTrue();

    bravo.hears(says(ALPHA).active(5));
    assertThat(bravo.watch().cancelled()).isFalse();
  }

  @Test
  void cancelStopsAStart() {
    var bravo = Scene.standby().passes(ofMillis(3800)).asks(1, new Request.Cancel());

    assertThat(bravo.role()).isEqualTo(Role.STOPPING);
    assertThat(bravo.isDone(1)).isTrue();
  }

  @Test
  void wishInTheMomentOfLosingTheMandateIsAnswered() {
    var alpha =
        Scene.active()
            .silence()
            .sleeps(ofSeconds(5))
            .asks(1, new Request.Switchover(true, false, Optional.empty()));

    assertThat(alpha.last().rule()).isEqualTo(Rule.MANDATE_LOST);
    assertThat(alpha.isRefused(1, Rule.BUSY)).isTrue();
  }

  @Test
  void switchoverThatPreparesEndsWithADemotion() {
    var alpha =
        Scene.active()
            .asks(1, new Request.Switchover(true, false, Optional.empty()))
            .asks(2, demote(false));

    assertThat(alpha.isFailed(1, Rule.DEMOTED)).isTrue();
    assertThat(alpha.stops().isDone(2)).isTrue();
  }

  @Test
  void conflictIsResolvedForTheSurvivorThatAPersonNames() {
    var alpha =
        Scene.active()
            .hears(says(BRAVO).active(1))
            .asks(1, new Request.Resolve(Optional.of(BRAVO)));

    assertThat(alpha.role()).isEqualTo(Role.STOPPING);
    assertThat(alpha.isDone(1)).isTrue();
  }

  @Test
  void everyWishIsAnsweredInEveryRoleAndRepeatingItChangesNoDurableFact() {
    List<Request> wishes =
        List.of(
            new Request.Switchover(true, false, Optional.empty()),
            new Request.Switchover(true, true, Optional.empty()),
            PROMOTE,
            FORCE,
            demote(false),
            demote(true),
            new Request.Failback(),
            new Request.Pause(Optional.empty(), "upgrade"),
            new Request.Resume(),
            new Request.Pinned(BRAVO, Instant.EPOCH),
            new Request.Unpinned(BRAVO, Optional.empty()),
            new Request.Cancel(),
            new Request.Clients(true),
            new Request.Clients(false),
            new Request.Resolve(Optional.empty()));
    for (Request wish : wishes) {
      assertRepeatable(Scene.standby(), wish);
      assertRepeatable(Scene.standby().passes(ofMillis(2500)), wish);
      assertRepeatable(Scene.standby().passes(ofMillis(3800)), wish);
      assertRepeatable(Scene.active(), wish);
      assertRepeatable(Scene.active().hears(says(BRAVO).active(2)), wish);
    }
  }

  private static void assertRepeatable(Scene scene, Request wish) {
    scene.asks(1, wish);
    Durable once = scene.state().durable();
    Role role = scene.role();
    scene.asks(2, wish);

    assertThat(scene.replies(1)).as(wish + " in " + role).isNotEmpty();
    assertThat(scene.replies(2)).as(wish + " in " + role).isNotEmpty();
    assertThat(scene.state().durable()).as(wish + " in " + role).isEqualTo(once);
  }

  @Test
  void whoWasDemotedUnheardLeavesTheOtherTheTimeToShowItselfBeforeItIsPromotedAgain() {
    var alpha = Scene.active().silence().passes(ofSeconds(20)).asks(1, demote(true)).stops();

    alpha.asks(2, PROMOTE).passes(ofMillis(5900));
    assertThat(alpha.role()).isEqualTo(Role.STANDBY);

    alpha.passes(ofMillis(200));
    assertThat(alpha.role()).isEqualTo(Role.STARTING);
  }

  private static Request demote(boolean even) {
    return new Request.Demote(even);
  }

  @Test
  void evenForceDoesNotPromoteANodeWithoutOneWholeGeneration() {
    var bravo =
        Scene.standby()
            .feeds(at -> new Input.DataStands(at, new Standing.Incomplete("half of it")))
            .asks(1, FORCE);

    assertThat(bravo.isRefused(1, Rule.NO_GENERATION)).isTrue();
    assertThat(bravo.role()).isEqualTo(Role.STANDBY);
    assertThat(bravo.term()).isEqualTo(new Term(5));
  }

  @Test
  void switchoverToANamedNodeDoesNotGoToAnother() {
    var alpha = Scene.active().asks(1, new Request.Switchover(true, false, Optional.of(REMOTE)));

    assertThat(alpha.isRefused(1, Rule.NO_TARGET)).isTrue();
    assertThat(alpha.role()).isEqualTo(Role.ACTIVE);
  }

  @Test
  void switchoverToAWrongTargetNeverStopsTheServiceEvenIfThePeerIsUnreachable() {
    var alpha =
        Scene.active()
            .asks(1, new Request.Switchover(true, true, Optional.of(REMOTE)))
            .asks(2, new Request.Switchover(true, true, Optional.of(ALPHA)));

    assertThat(alpha.isRefused(1, Rule.NO_TARGET)).isTrue();
    assertThat(alpha.isDone(2)).isTrue();
    assertThat(alpha.role()).isEqualTo(Role.ACTIVE);
  }

  /** Else the role would go to a node that nobody named, or to none. */
  @Test
  void aNamedTargetThatIsHeardAndCannotTakeOverIsRefusedWhateverElseIsSaid() {
    Policy three = LossTest.beside(policy(ALPHA), Designation.DR);
    var alpha =
        Scene.booted(three, Durable.FRESH)
            .hears(says(REMOTE).standby(0))
            .hears(says(BRAVO).standby(0))
            .hears(says(BRAVO).standby(1))
            .settles()
            .starts()
            .accompaniedBy(says(REMOTE).standby(1))
            .asks(1, new Request.Switchover(true, true, Optional.of(REMOTE)));
    assertRefusedWithoutOverride(alpha, "remote is standby, ready, for disaster recovery");

    var beside = Scene.active().accompaniedBy(says(BRAVO).standby(1).unready());
    beside.asks(1, new Request.Switchover(true, true, Optional.of(BRAVO)));
    assertRefusedWithoutOverride(beside, "bravo is standby, not ready");
  }

  /** Bravo would take the role. */
  @Test
  void aNamedTargetThatIsSilentIsRefusedWhereAnotherNodeWouldBeChosen() {
    var alpha = withSilentRemote(policy(ALPHA));

    alpha.asks(1, new Request.Switchover(true, true, Optional.of(REMOTE)));

    assertRefusedWithoutOverride(alpha, "remote is silent");
  }

  @Test
  void theOnlyOtherNodeMayBeNamedThoughItIsSilent() {
    var alpha = Scene.active().silence().passes(ofSeconds(5));

    alpha.asks(1, new Request.Switchover(true, true, Optional.of(BRAVO)));

    assertThat(alpha.role()).isEqualTo(Role.STOPPING);
  }

  private static Scene withSilentRemote(Policy policy) {
    return Scene.booted(LossTest.beside(policy, Designation.SECONDARY), Durable.FRESH)
        .hears(says(REMOTE).standby(0))
        .hears(says(BRAVO).standby(0))
        .hears(says(BRAVO).standby(1))
        .settles()
        .starts()
        .accompaniedBy(says(BRAVO).standby(1))
        .passes(ofSeconds(5));
  }

  /** Beside a silent node bravo would take it for a failure. */
  @Test
  void demoteNeedsSomebodyWhoDoesNotWaitForAPerson() {
    var alpha =
        withSilentRemote(LossTest.changed(Optional.empty(), OnFailure.ASK).apply(policy(ALPHA)))
            .asks(1, demote(false));

    assertThat(alpha.isRefused(1, Rule.NO_TARGET)).isTrue();
    assertThat(alpha.last().toString()).contains("the others wait for a person");

    alpha.asks(2, demote(true));
    assertThat(alpha.role()).isEqualTo(Role.STOPPING);

    var willing = withSilentRemote(policy(ALPHA)).asks(1, demote(false));
    assertThat(willing.role()).isEqualTo(Role.STOPPING);
  }

  @Test
  void aDemotionEndsAPromotionThatIsUnderWay() {
    var alpha = Scene.frozen().asks(1, PROMOTE);
    assertThat(alpha.watch().approval()).isPresent();

    alpha.asks(2, demote(false)).network(true, Service.SILENT).passes(ofSeconds(20));

    assertThat(alpha.isFailed(1, Rule.DEMOTED)).isTrue();
    assertThat(alpha.isDone(2)).isTrue();
    assertThat(alpha.role()).isEqualTo(Role.FROZEN);
  }

  @Test
  void failbackOffersNoOverrideAsItHasNone() {
    var bravo = Scene.standby().passes(ofMillis(3800)).settles().starts();

    assertRefusedWithoutOverride(bravo.asks(1, new Request.Failback()), "alpha is silent");
    assertRefusedWithoutOverride(
        bravo.accompaniedBy(says(ALPHA).standby(6, 5).unready()).asks(1, new Request.Failback()),
        "alpha is standby, not ready");
  }

  private static void assertRefusedWithoutOverride(Scene node, String why) {
    assertThat(node.role()).isEqualTo(Role.ACTIVE);
    assertThat(node.replies(1).getLast())
        .isInstanceOfSatisfying(
            Reply.Refused.class,
            refused -> {
              assertThat(refused.rule()).isEqualTo(Rule.NO_TARGET);
              assertThat(refused.evidence().toString()).contains(why);
              assertThat(refused.override()).isEmpty();
            });
  }

  @Test
  void aStandbyAloneIsNotPromotedInThePlaceOfTheTargetThatAPersonNamed() {
    var wish = new Request.Switchover(true, true, Optional.of(REMOTE));
    var bravo = Scene.standby().passes(ofSeconds(2)).asks(1, wish);

    assertThat(bravo.isRefused(1, Rule.NOT_ACTIVE)).isTrue();
    assertThat(bravo.watch().approval()).isEmpty();
  }

  @Test
  void noOverrideIsOfferedForHalfOfTheData() {
    var bravo =
        Scene.standby()
            .feeds(at -> new Input.DataStands(at, new Standing.Incomplete("half of it")))
            .passes(ofMillis(3800))
            .asks(1, PROMOTE)
            .passes(ofSeconds(10));

    assertThat(bravo.replies(1).getLast())
        .isInstanceOfSatisfying(
            Reply.Refused.class,
            refused -> {
              assertThat(refused.rule()).isEqualTo(Rule.NO_GENERATION);
              assertThat(refused.override()).isEmpty();
            });
  }
}
