package understudy.failover;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static understudy.failover.Scene.ALPHA;
import static understudy.failover.Scene.BRAVO;
import static understudy.failover.Scene.REMOTE;
import static understudy.failover.Scene.policy;
import static understudy.failover.Scene.reignedIn;
import static understudy.failover.Scene.says;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import understudy.failover.Situation.Phase;
import understudy.failover.Situation.Starting;
import understudy.failover.View.Probe;
import understudy.failover.View.Service;
import understudy.time.Moment;

/** A standby whose active node falls silent: what it suspects, what holds it back, when it acts. */
class TakeoverTest {

  @Test
  void suspectsOnceTheSilenceExceedsTheSuspicionTime() {
    var bravo = Scene.standby().passes(ofMillis(1900));
    assertThat(bravo.watch().suspectedAt()).isEmpty();

    bravo.passes(ofMillis(400));

    assertThat(bravo.watch().suspectedAt()).isPresent();
    assertThat(bravo.rules()).containsSubsequence(Rule.FOLLOWS, Rule.PEER_IS_SILENT);
  }

  @Test
  void forgetsTheSuspicionWhenThePeerIsHeardAgain() {
    var bravo = Scene.standby().passes(ofMillis(2300)).hears(says(ALPHA).active(5));

    assertThat(bravo.watch().suspectedAt()).isEmpty();
    assertThat(bravo.last().rule()).isEqualTo(Rule.PEER_IS_BACK);
  }

  @Test
  void whoIsStillSilentIsNotSaidToBeBackWhenAnotherServes() {
    var remote = Scene.standby(LossTest.beside(policy(BRAVO), Designation.SECONDARY));
    remote.accompaniedBy(says(REMOTE).standby(5)).passes(ofMillis(2500));
    assertThat(remote.last().rule()).isNotEqualTo(Rule.PEER_IS_BACK);
    assertThat(remote.rules()).contains(Rule.PEER_IS_SILENT);

    remote.hears(says(REMOTE).starting(6));

    assertThat(remote.last().rule()).isEqualTo(Rule.PEER_SERVES);
    assertThat(remote.last().evidence()).contains("[alpha] still silent");
  }

  @Test
  void whoIsGlimpsedInAnotherLifeIsNotSilentAndNotListenedToEither() {
    var bravo = Scene.standby().passes(ofMillis(2900));
    State before = bravo.state();

    bravo.feeds(at -> new Input.Glimpsed(at, ALPHA));
    assertThat(bravo.watch().suspectedAt()).isEmpty();
    assertThat(bravo.state().view().of(ALPHA).last()).isEqualTo(before.view().of(ALPHA).last());
    assertThat(bravo.term()).isEqualTo(before.durable().term());

    bravo.passes(ofMillis(2900));
    assertThat(bravo.role()).isEqualTo(Role.STANDBY);
    bravo.passes(ofMillis(800));
    assertThat(bravo.role()).isEqualTo(Role.STARTING);
  }

  @Test
  void claimsTheNextTermOnceTheActiveIsSilentForThePrimaryTimeout() {
    var bravo = Scene.standby().passes(ofMillis(2900));
    assertThat(bravo.role()).isEqualTo(Role.STANDBY);

    bravo.passes(ofMillis(800));

    assertThat(bravo.role()).as(bravo.state().toString()).isEqualTo(Role.STARTING);
    assertThat(bravo.term()).isEqualTo(new Term(6));
    assertThat(bravo.effects())
        .containsSubsequence(
            new Effect.Follow(Optional.empty()), new Effect.SettleData(new Term(6)));
  }

  @Test
  void theNextTurnIsDueWhenTheSilenceWillMatterEvenBetweenTwoUsualTurns() {
    State state = Scene.standby().hears(says(ALPHA).active(5)).state();
    Timing timing = policy(BRAVO).timing();
    Moment heard = state.view().of(ALPHA).countFrom();
    Moment suspicious = heard.plus(timing.suspicion());
    Moment due = heard.plus(timing.primaryTimeout()).plus(ofMillis(1));

    assertThat(state.turnsBy(timing, suspicious.plus(ofMillis(5)), due.plus(ofMillis(40))))
        .isEqualTo(due);
    assertThat(state.turnsBy(timing, suspicious.plus(ofMillis(5)), due.minus(ofMillis(40))))
        .isEqualTo(due.minus(ofMillis(40)));
    assertThat(state.turnsBy(timing, due, due.plus(ofMillis(40))))
        .isEqualTo(due.plus(ofMillis(40)));
  }

  @Test
  void servesOnlyWhenDataIsWholeAndResourcesRun() {
    var bravo = Scene.standby().passes(ofMillis(3800)).settles();
    assertThat(bravo.effects()).contains(new Effect.StartResources(new Term(6)));
    assertThat(bravo.role()).isEqualTo(Role.STARTING);

    bravo.starts();

    assertThat(bravo.role()).isEqualTo(Role.ACTIVE);
    assertThat(bravo.last().rule()).isEqualTo(Rule.SERVES);
    assertThat(bravo.last().effects())
        .first()
        .isInstanceOfSatisfying(
            Effect.Extend.class, extend -> assertThat(extend.gate()).isEqualTo(Effect.Gate.OPEN));
  }

  @Test
  void neverMetPeerMayHaveNewerData() {
    var bravo = Scene.booted(policy(BRAVO), Durable.FRESH).passes(ofSeconds(20));

    assertIsHeldBackBy(bravo, Rule.NEVER_MET);
  }

  @Test
  void oldStandbyThatBootsAloneWaits() {
    var bravo =
        Scene.booted(policy(BRAVO), Durable.FRESH.withTerm(new Term(5))).passes(ofSeconds(20));

    assertIsHeldBackBy(bravo, Rule.NEVER_MET);
  }

  @Test
  void oldActiveThatBootsAloneServesAgain() {
    var alpha = Scene.booted(policy(ALPHA), reignedIn(5)).passes(ofSeconds(4));

    assertThat(alpha.role()).isEqualTo(Role.STARTING);
    assertThat(alpha.term()).isEqualTo(new Term(6));
  }

  @Test
  void oldActiveThatBootsAloneServesAgainThoughTheAgeOfItsDataIsUnknown() {
    var alpha =
        Scene.booted(LossTest.maxLoss(policy(ALPHA)), reignedIn(5), new Standing.Undated("h1"))
            .passes(ofSeconds(4));

    assertThat(alpha.role()).isEqualTo(Role.STARTING);
  }

  @Test
  void lookThatNeverComesBackProvesNothing() {
    var bravo = Scene.standby().leavesProbesUnanswered().passes(ofSeconds(8));

    assertIsHeldBackBy(bravo, Rule.UNPROVEN);
    assertThat(bravo.effects().stream().filter(new Effect.Probe()::equals).count())
        .as("it keeps looking")
        .isGreaterThan(5);
  }

  @Test
  void lookThatBeganBeforeTheSilenceProvesNothing() {
    var bravo = Scene.standby().leavesProbesUnanswered();
    var before = bravo.now().minus(ofMillis(500));
    bravo
        .passes(ofMillis(3400))
        .feeds(at -> new Input.Probed(at, Probe.seen(before, true, Service.SILENT, "old")));

    assertIsHeldBackBy(bravo, Rule.UNPROVEN);
  }

  @Test
  void nodeThatIsCutOffItselfDoesNotTakeOver() {
    var bravo = Scene.standby().network(false, Service.SILENT).passes(ofSeconds(20));

    assertIsHeldBackBy(bravo, Rule.ISOLATED);
  }

  @Test
  void nodeThatWasCutOffListensBeforeItTakesOver() {
    var bravo =
        Scene.standby()
            .network(false, Service.NOT_ASKED)
            .passes(ofSeconds(20))
            .network(true, Service.NOT_ASKED)
            .passes(ofMillis(800));
    assertIsHeldBackBy(bravo, Rule.LISTENING);

    bravo.passes(ofSeconds(3));
    assertThat(bravo.role()).isEqualTo(Role.STARTING);
  }

  @Test
  void whatANodeThatIsCutOffDoesNotSeeProvesNothing() {
    var bravo =
        Scene.standby()
            .network(false, Service.SILENT)
            .passes(ofSeconds(20))
            .network(true, Service.SILENT)
            .passes(ofMillis(2300));
    assertThat(bravo.role()).as("the holder may just have been cut off").isEqualTo(Role.STANDBY);

    bravo.passes(ofSeconds(1));
    assertThat(bravo.role()).isEqualTo(Role.STARTING);
  }

  @Test
  void serviceThatAnswersIsNotTakenOver() {
    var bravo = Scene.standby().network(true, Service.ANSWERS).passes(ofSeconds(20));

    assertIsHeldBackBy(bravo, Rule.SERVICE_ANSWERS);
  }

  @Test
  void serviceMustBeSilentForALeaseBecauseItsHolderMayJustHaveBeenCutOff() {
    var bravo =
        Scene.standby()
            .network(true, Service.ANSWERS)
            .passes(ofSeconds(10))
            .network(true, Service.SILENT)
            .passes(ofMillis(2300));
    assertThat(bravo.role()).isEqualTo(Role.STANDBY);

    bravo.passes(ofMillis(1200));
    assertThat(bravo.role()).isEqualTo(Role.STARTING);
  }

  @Test
  void silenceOfAServiceThatWasNotHeardToRunProvesNothing() {
    var bravo = Scene.standby().hears(says(ALPHA).starting(6)).passes(ofMillis(4300));
    assertThat(bravo.role()).as("alpha may have opened, then been cut off").isEqualTo(Role.STANDBY);

    bravo.passes(ofMillis(400));
    assertThat(bravo.role()).isEqualTo(Role.STARTING);
  }

  @Test
  void nodeWithoutACompleteGenerationDoesNotTakeOver() {
    var bravo =
        Scene.standby()
            .feeds(at -> new Input.DataStands(at, new Standing.Incomplete("first copy")))
            .passes(ofSeconds(20));

    assertIsHeldBackBy(bravo, Rule.NO_GENERATION);
  }

  @Test
  void nodeThatIsNotInOrderDoesNotTakeOver() {
    var bravo = Scene.standby().feeds(at -> new Input.Fitness(at, false)).passes(ofSeconds(20));

    assertIsHeldBackBy(bravo, Rule.UNFIT);
  }

  @Test
  void pausedAutomationDoesNotTakeOver() {
    var bravo =
        Scene.standby()
            .asks(1, new Request.Pause(Optional.empty(), "upgrade"))
            .passes(ofSeconds(20));
    assertIsHeldBackBy(bravo, Rule.AUTOMATION_PAUSED);

    bravo.asks(2, new Request.Resume()).passes(ofMillis(500));
    assertThat(bravo.role()).isEqualTo(Role.STARTING);
  }

  @Test
  void asksFirstWhenToldSo() {
    var bravo = Scene.standby(LossTest.onFailure(OnFailure.ASK)).passes(ofSeconds(20));
    assertIsHeldBackBy(bravo, Rule.ASKS_FIRST);

    bravo.asks(1, new Request.Promote(false)).passes(ofMillis(500));
    assertThat(bravo.role()).isEqualTo(Role.STARTING);
  }

  @Test
  void keepsStandbyWhenToldSo() {
    var bravo = Scene.standby(LossTest.onFailure(OnFailure.KEEP_STANDBY)).passes(ofSeconds(20));

    assertIsHeldBackBy(bravo, Rule.KEEPS_STANDBY);
  }

  @Test
  void cancelledCountdownStaysCancelledUntilAPeerIsHeard() {
    var bravo =
        Scene.standby().passes(ofMillis(2500)).asks(1, new Request.Cancel()).passes(ofSeconds(20));
    assertIsHeldBackBy(bravo, Rule.CANCELLED);

    bravo.hears(says(ALPHA).active(5)).passes(ofSeconds(5));
    assertThat(bravo.role()).isEqualTo(Role.STARTING);
  }

  @Test
  void sleepDoesNotUndoACancelledCountdown() {
    var bravo =
        Scene.standby()
            .passes(ofMillis(2500))
            .asks(1, new Request.Cancel())
            .sleeps(ofSeconds(5))
            .passes(ofSeconds(20));

    assertIsHeldBackBy(bravo, Rule.CANCELLED);
  }

  @Test
  void disasterRecoveryNodeIsPromotedByHand() {
    var policy =
        new Policy(
            REMOTE,
            Designation.DR,
            Map.of(ALPHA, Designation.PRIMARY),
            Scene.TIMING,
            policy(ALPHA).arbiter(),
            OnFailure.PROMOTE,
            true,
            Optional.empty(),
            "1");
    var remote = Scene.standby(policy).passes(ofSeconds(20));
    assertIsHeldBackBy(remote, Rule.DR_BY_HAND);

    remote.asks(1, new Request.Promote(false)).passes(ofMillis(500));
    assertThat(remote.role()).isEqualTo(Role.STARTING);
  }

  @Test
  void backsOffAfterAFailedStartAndTriesAgain() {
    var bravo =
        Scene.standby()
            .passes(ofMillis(3800))
            .feeds(at -> new Input.StartFailed(at, new Term(6), "unit failed"))
            .stops()
            .passes(ofMillis(1500));
    assertIsHeldBackBy(bravo, Rule.BACKS_OFF);

    bravo.passes(ofSeconds(2));
    assertThat(bravo.role()).isEqualTo(Role.STARTING);
    assertThat(bravo.term()).isEqualTo(new Term(7));
  }

  @Test
  void demotedNodeWaitsToBePromoted() {
    var alpha =
        Scene.active().asks(1, new Request.Demote(false)).stops().silence().passes(ofSeconds(20));

    assertIsHeldBackBy(alpha, Rule.UNWILLING);
  }

  @Test
  void demotedNodeIsWillingAgainOnceTheOtherServes() {
    var alpha =
        Scene.active()
            .asks(1, new Request.Demote(false))
            .stops()
            .hears(says(BRAVO).active(2))
            .silence()
            .passes(ofSeconds(5));

    assertThat(alpha.role()).isEqualTo(Role.STARTING);
  }

  @Test
  void failedStartGivesTheMandateBack() {
    var bravo =
        Scene.standby()
            .passes(ofMillis(3800))
            .settles()
            .feeds(at -> new Input.StartFailed(at, new Term(6), "unit failed"));
    assertThat(bravo.last().rule()).isEqualTo(Rule.START_FAILED);
    assertThat(bravo.last().effects()).startsWith(new Effect.Fence(), new Effect.StopResources());

    bravo.stops();

    assertThat(bravo.role()).isEqualTo(Role.STANDBY);
    assertThat(bravo.speech().declined()).contains(new Term(6));
  }

  @Test
  void nodeThatIsAloneServes() {
    var policy =
        new Policy(
            ALPHA,
            Designation.PRIMARY,
            Map.of(),
            Scene.TIMING,
            policy(ALPHA).arbiter(),
            OnFailure.PROMOTE,
            false,
            Optional.empty(),
            "1");
    var alpha = Scene.booted(policy, Durable.FRESH).passes(ofMillis(200));

    assertThat(alpha.role()).isEqualTo(Role.STARTING);
    assertThat(alpha.rules()).containsExactly(Rule.SERVES_ALONE);
  }

  @Test
  void bothBootAtOnceAndTheDesignatedPrimaryServes() {
    var alpha = Scene.booted(policy(ALPHA), Durable.FRESH).hears(says(BRAVO).standby(0));
    var bravo = Scene.booted(policy(BRAVO), Durable.FRESH).hears(says(ALPHA).standby(0));

    assertThat(alpha.role()).isEqualTo(Role.STARTING);
    assertThat(bravo.role()).isEqualTo(Role.STANDBY);
    assertThat(bravo.watch().blockedBy()).containsExactly(Rule.OTHER_FIRST);
  }

  @Test
  void bothBootAtOnceAndTheOneThatServedLastServes() {
    var alpha = Scene.booted(policy(ALPHA), reignedIn(5)).hears(says(BRAVO).standby(6, 6));
    var bravo = Scene.booted(policy(BRAVO), reignedIn(6)).hears(says(ALPHA).standby(5, 5));

    assertThat(alpha.role()).isEqualTo(Role.STANDBY);
    assertThat(bravo.role()).isEqualTo(Role.STARTING);
  }

  @Test
  void claimantWaitsUntilThePassiveNodeKnowsOfItsTerm() {
    var alpha = Scene.booted(policy(ALPHA), Durable.FRESH).hears(says(BRAVO).standby(0));
    assertThat(alpha.effects()).doesNotContain(new Effect.SettleData(new Term(1)));
    assertThat(alpha.state().situation())
        .isInstanceOfSatisfying(
            Starting.class,
            starting -> assertThat(starting.phase()).isInstanceOf(Phase.Fencing.class));

    alpha.hears(says(BRAVO).standby(1));

    assertThat(alpha.effects()).contains(new Effect.SettleData(new Term(1)));
  }

  @Test
  void termThatThePassiveNodeReignedInItselfIsNoAnswerToTheClaim() {
    var alpha =
        Scene.booted(policy(ALPHA), Durable.FRESH)
            .hears(says(BRAVO).standby(0))
            .hears(says(BRAVO).standby(1, 1));
    assertThat(alpha.term()).isEqualTo(new Term(2));
    assertThat(alpha.effects()).noneMatch(Effect.SettleData.class::isInstance);

    alpha.hears(says(BRAVO).standby(2, 1));
    assertThat(alpha.effects()).contains(new Effect.SettleData(new Term(2)));
  }

  /** It may have waited on its way, while its sender was promoted. */
  @Test
  void theFirstWordAfterASilenceIsNotActedUpon() {
    var passive = says(ALPHA).standby(5, 5).unready();
    var bravo =
        Scene.standby().network(true, Service.ANSWERS).passes(ofMillis(3500)).hears(passive);
    assertThat(bravo.watch().blockedBy()).containsExactly(Rule.LISTENING);

    bravo.accompaniedBy(passive).passes(ofMillis(2200));

    assertThat(bravo.role()).isEqualTo(Role.STARTING);
  }

  /** The path healed for one word. */
  @Test
  void theOnlyWordAfterASilenceIsNotActedUponEither() {
    var bravo = Scene.standby(LossTest.onFailure(OnFailure.ASK)).network(true, Service.SILENT);
    bravo.passes(ofSeconds(4)).hears(says(ALPHA).standby(5, 5).unwilling());

    bravo.passes(ofSeconds(20));

    assertIsHeldBackBy(bravo, Rule.ASKS_FIRST);
  }

  @Test
  void whatWasSilentBeforeThisNodeSleptIsNotActedUponEither() {
    var bravo = Scene.standby().network(true, Service.ANSWERS).passes(ofMillis(3500));

    bravo.sleeps(ofSeconds(2)).passes(ofMillis(2200)).hears(says(ALPHA).standby(5, 5).unready());

    assertThat(bravo.watch().blockedBy()).contains(Rule.LISTENING);
  }

  @Test
  void theFirstWordOfANodeThatWasLongWaitedForIsNotActedUponEither() {
    var bravo = Scene.booted(policy(BRAVO), Durable.FRESH).passes(ofMillis(3500));

    bravo.hears(says(ALPHA).standby(0).unready());

    assertThat(bravo.watch().blockedBy()).contains(Rule.LISTENING);
  }

  @Test
  void laterTermThatThePassiveNodeKnowsIsNoAnswerToTheClaim() {
    var alpha =
        Scene.booted(policy(ALPHA), Durable.FRESH)
            .hears(says(BRAVO).standby(0))
            .hears(says(BRAVO).standby(4));
    assertThat(alpha.term()).isEqualTo(new Term(5));
    assertThat(alpha.effects()).noneMatch(Effect.SettleData.class::isInstance);
  }

  @Test
  void ofTwoThatClaimTheSameTermTheSecondaryYieldsAndThePrimaryWaitsForIt() {
    var alpha =
        Scene.booted(policy(ALPHA), Durable.FRESH)
            .hears(says(BRAVO).standby(0))
            .hears(says(BRAVO).starting(1));
    assertThat(alpha.role()).isEqualTo(Role.STARTING);
    assertThat(alpha.effects()).doesNotContain(new Effect.SettleData(new Term(1)));

    var bravo = Scene.booted(policy(BRAVO), Durable.FRESH).hears(says(ALPHA).standby(0).unready());
    assertThat(bravo.role()).isEqualTo(Role.STARTING);
    bravo.hears(says(ALPHA).starting(1));
    assertThat(bravo.role()).isEqualTo(Role.STOPPING);
    assertThat(bravo.last().rule()).isEqualTo(Rule.CONFLICT_LOST);
  }

  @Test
  void disasterRecoveryNodeThatServedAndFellSilentIsTakenOverLikeAnyOther() {
    var alpha =
        Scene.booted(withRemote(policy(ALPHA)), reignedIn(5))
            .hears(says(BRAVO).standby(6))
            .hears(says(REMOTE).active(6))
            .accompaniedBy(says(BRAVO).standby(6))
            .network(true, Service.ANSWERS)
            .passes(ofSeconds(10));

    assertIsHeldBackBy(alpha, Rule.SERVICE_ANSWERS);
  }

  @Test
  void bootedNodeGivesADisasterRecoveryNodeTheTimeToShowThatItServes() {
    var alpha = Scene.booted(withRemote(policy(ALPHA)), reignedIn(5)).hears(says(BRAVO).standby(6));
    alpha.accompaniedBy(says(BRAVO).standby(6)).passes(ofMillis(2700));
    assertThat(alpha.role()).as("longer than a lease").isEqualTo(Role.STANDBY);

    alpha.hears(says(REMOTE).active(6));

    assertThat(alpha.watch().following()).contains(REMOTE);
  }

  @Test
  void laterTermHeardOfFromAThirdNodeShowsThatSomebodyUnheardLives() {
    var alpha =
        Scene.booted(withRemote(policy(ALPHA)), Durable.FRESH)
            .hears(says(REMOTE).standby(5))
            .hears(says(BRAVO).active(5))
            .accompaniedBy(says(REMOTE).standby(5))
            .passes(ofMillis(2900));

    alpha.accompaniedBy(says(REMOTE).standby(6, 0)).passes(ofMillis(2900));
    assertThat(alpha.role()).isEqualTo(Role.STANDBY);

    alpha.passes(ofMillis(800));
    assertThat(alpha.role()).isEqualTo(Role.STARTING);
    assertThat(alpha.term()).isEqualTo(new Term(7));
  }

  @Test
  void whoWasNotHeardSinceALaterTermWasTakenMayHoldIt() {
    var alpha =
        Scene.booted(withRemote(policy(ALPHA)), Durable.FRESH)
            .hears(says(BRAVO).standby(5, 0))
            .hears(says(REMOTE).standby(6, 0));
    assertIsHeldBackBy(alpha, Rule.LISTENING);

    alpha.hears(says(BRAVO).standby(6, 0));
    assertThat(alpha.role()).isEqualTo(Role.STARTING);
    assertThat(alpha.term()).isEqualTo(new Term(7));
  }

  @Test
  void whatWasSaidBeforeTheLaterTermDoesNotShowThatThisPeerDoesNotHoldIt() {
    var alpha =
        Scene.booted(withRemote(policy(ALPHA)), Durable.FRESH)
            .hears(says(BRAVO).standby(5, 0))
            .hears(says(REMOTE).standby(6, 0))
            .hears(says(BRAVO).standby(5, 0));

    assertIsHeldBackBy(alpha, Rule.LISTENING);
  }

  @Test
  void whoWasCutOffListensAfterTheFirstWordItHears() {
    var alpha =
        Scene.booted(withRemote(policy(ALPHA)), reignedIn(5))
            .network(false, Service.SILENT)
            .passes(ofSeconds(4))
            .hears(says(BRAVO).standby(5, 0));
    assertIsHeldBackBy(alpha, Rule.LISTENING);

    alpha.hears(says(REMOTE).active(6)).passes(ofMillis(500));
    assertThat(alpha.role()).isNotEqualTo(Role.STARTING);
  }

  static Policy withRemote(Policy p) {
    return LossTest.beside(p, Designation.DR);
  }

  static void assertIsHeldBackBy(Scene scene, Rule rule) {
    assertThat(scene.role()).isIn(Role.STANDBY, Role.FROZEN);
    assertThat(scene.watch().blockedBy()).as(List.of(scene.rules()).toString()).contains(rule);
    assertThat(scene.rules()).contains(rule);
  }
}
