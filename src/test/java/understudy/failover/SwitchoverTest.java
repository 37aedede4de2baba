package understudy.failover;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static understudy.failover.LossTest.beside;
import static understudy.failover.Scene.ALPHA;
import static understudy.failover.Scene.BRAVO;
import static understudy.failover.Scene.REMOTE;
import static understudy.failover.Scene.TIMING;
import static understudy.failover.Scene.policy;
import static understudy.failover.Scene.says;
import static understudy.failover.TakeoverTest.withRemote;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import understudy.failover.Effect.Gate;
import understudy.failover.Effect.Reply;
import understudy.failover.Heartbeat.Handover;
import understudy.failover.Heartbeat.Progress;
import understudy.failover.Heartbeat.Stage;
import understudy.failover.Scene.Says;

/** The planned swap, both sides, and every way in which it can end early. */
class SwitchoverTest {
  private static final Request SWITCHOVER = new Request.Switchover(true, false, Optional.empty());
  private static final Request WITHOUT_SYNC =
      new Request.Switchover(false, false, Optional.empty());
  private static final Says READY = says(BRAVO).standby(1);

  @Test
  void goesThroughItsStagesInOrder() {
    var alpha = Scene.active().asks(7, SWITCHOVER);
    assertThat(alpha.speech().handover())
        .contains(new Handover(7, BRAVO, Stage.PREPARE, new Term(1)));

    alpha.hears(READY.done(7, Stage.PREPARE, "h1"));
    assertThat(alpha.role()).isEqualTo(Role.STOPPING);
    assertThat(alpha.speech().handover()).isEmpty();

    alpha.stops();
    assertThat(alpha.speech().handover())
        .contains(new Handover(7, BRAVO, Stage.FINAL, new Term(1)));

    measures(alpha, "h2").hears(READY.done(7, Stage.FINAL, "h2"));
    assertThat(alpha.role()).isEqualTo(Role.STANDBY);
    assertThat(alpha.last().effects()).containsSubsequence(new Effect.Fence(), new Effect.Beat());
    assertThat(alpha.speech().handover())
        .contains(new Handover(7, BRAVO, Stage.RELEASED, new Term(2)));

    alpha.hears(says(BRAVO).starting(2)).hears(says(BRAVO).active(2));
    assertThat(alpha.replies(7))
        .containsExactly(
            new Reply.Underway("prepares bravo"),
            new Reply.Underway("clients held, stopping the service"),
            new Reply.Underway("service stopped, final sync"),
            new Reply.Underway("released to bravo"),
            new Reply.Done("bravo is active in term 2"));
    assertThat(alpha.rules())
        .endsWith(
            Rule.PREPARES, Rule.HOLDS_CLIENTS, Rule.FINAL_SYNC, Rule.RELEASED, Rule.SWITCHED_OVER);
  }

  @Test
  void gateHoldsClientsWhileTheRestIsCopied() {
    var alpha = stopping().stops().passes(ofMillis(300));

    assertThat(alpha.last().effects())
        .filteredOn(Effect.Extend.class::isInstance)
        .allSatisfy(e -> assertThat(((Effect.Extend) e).gate()).isEqualTo(Gate.HOLD));
  }

  @Test
  void doesNotReleaseBeforeItsOwnDataWasMeasuredAfterTheStop() {
    var alpha = stopping();
    measures(alpha, "h2").stops().hears(READY.done(7, Stage.FINAL, "h2"));
    assertThat(alpha.role()).isEqualTo(Role.STOPPING);

    measures(alpha, "h2");
    assertThat(alpha.role()).isEqualTo(Role.STANDBY);
  }

  @Test
  void doesNotReleaseWhileTheContentsDiffer() {
    var alpha = stopping().stops();
    measures(alpha, "h2").hears(READY.done(7, Stage.FINAL, "h1"));

    assertThat(alpha.role()).isEqualTo(Role.STOPPING);
  }

  @Test
  void doneOfAnotherOperationDoesNotCount() {
    var alpha = stopping().stops();
    measures(alpha, "h2").hears(READY.done(6, Stage.FINAL, "h2"));

    assertThat(alpha.role()).isEqualTo(Role.STOPPING);
  }

  @Test
  void targetThatFailsToPrepareChangesNothing() {
    var alpha = Scene.active().asks(7, SWITCHOVER).hears(READY.failed(7, Stage.PREPARE));

    assertThat(alpha.role()).isEqualTo(Role.ACTIVE);
    assertThat(alpha.isFailed(7, Rule.ROLLED_BACK)).isTrue();
    assertThat(alpha.effects()).doesNotContain(new Effect.StopResources());
  }

  @Test
  void targetThatFallsSilentWhilePreparingChangesNothing() {
    var alpha = Scene.active().asks(7, SWITCHOVER).silence().passes(ofMillis(2500));

    assertThat(alpha.role()).isEqualTo(Role.ACTIVE);
    assertThat(alpha.isFailed(7, Rule.ROLLED_BACK)).isTrue();
  }

  @Test
  void preparingThatTakesTooLongIsGivenUp() {
    var alpha = Scene.active().asks(7, SWITCHOVER).passes(TIMING.prepareWithin());

    assertThat(alpha.role()).isEqualTo(Role.ACTIVE);
    assertThat(alpha.isFailed(7, Rule.ROLLED_BACK)).isTrue();
  }

  @Test
  void targetThatDiesWhileTheServiceStopsBringsItBackInTheSameTerm() {
    var alpha = stopping().silence().passes(ofMillis(2500));
    assertServesAgain(alpha);
  }

  @Test
  void stopThatFailsBringsTheServiceBack() {
    var alpha = stopping().feeds(at -> new Input.StopFailed(at, "unit hangs"));
    assertServesAgain(alpha);
  }

  @Test
  void finalSyncThatFailsBringsTheServiceBack() {
    var alpha = stopping().stops().hears(READY.failed(7, Stage.FINAL));
    assertServesAgain(alpha);
  }

  @Test
  void finalSyncThatTakesTooLongBringsTheServiceBack() {
    var alpha = stopping().stops().passes(TIMING.stopWithin().plus(TIMING.syncWithin()));
    assertServesAgain(alpha);
  }

  @Test
  void cancelBringsTheServiceBack() {
    var alpha = stopping().stops().asks(8, new Request.Cancel());
    assertThat(alpha.isDone(8)).isTrue();
    assertServesAgain(alpha);
  }

  private static void assertServesAgain(Scene alpha) {
    assertThat(alpha.role()).isEqualTo(Role.STARTING);
    assertThat(alpha.effects()).endsWith(alpha.effects().getLast());
    assertThat(alpha.effects()).contains(new Effect.StartResources(new Term(1)));
    assertThat(alpha.isFailed(7, Rule.ROLLED_BACK)).isTrue();
    alpha.starts();
    assertThat(alpha.role()).isEqualTo(Role.ACTIVE);
    assertThat(alpha.term()).isEqualTo(new Term(1));
  }

  @Test
  void targetThatDeclinesGivesTheRoleBackAtOnce() {
    var alpha =
        released()
            .hears(says(BRAVO).starting(2))
            .hears(says(BRAVO).stopping(2).servedIn(0))
            .hears(says(BRAVO).standby(2, 2).servedIn(0).declining(2));

    assertThat(alpha.isFailed(7, Rule.HANDED_BACK)).isTrue();
    assertThat(alpha.role()).isEqualTo(Role.STARTING);
    assertThat(alpha.term()).isEqualTo(new Term(3));
  }

  @Test
  void targetThatServedInALaterTermThanWasOfferedHasTakenTheOfferToo() {
    assertThat(released().hears(says(BRAVO).standby(4, 4).unwilling()).isDone(7)).isTrue();
  }

  @Test
  void targetThatServedIsToldThoughAThirdNodeServesByNow() {
    var besideRemote =
        Scene.booted(withRemote(policy(ALPHA)), Durable.FRESH)
            .hears(says(REMOTE).standby(0))
            .hears(says(BRAVO).standby(0))
            .hears(says(REMOTE).standby(1))
            .hears(READY)
            .settles()
            .starts();
    var alpha = released(besideRemote).disk(true).hears(says(BRAVO).active(2)).disk(false);

    alpha.hears(says(REMOTE).active(3));

    assertThat(alpha.replies(7)).last().isEqualTo(new Reply.Done("bravo served in term 2"));
  }

  @Test
  void whoServesAfterItsTargetServedDoesNotSayThatTheMoveFailed() {
    var alpha = released().disk(true).hears(says(BRAVO).active(2)).silence().passes(ofSeconds(4));

    alpha.disk(false).passes(ofSeconds(8));

    assertThat(alpha.role()).isEqualTo(Role.STARTING);
    assertThat(alpha.replies(7)).last().isEqualTo(new Reply.Done("bravo served in term 2"));
  }

  /** The full disk of the giver took in no word of the target while that served. */
  @Test
  void targetThatServedAndGaveUpSinceHasTakenTheOffer() {
    var alpha = released().hears(says(BRAVO).standby(2, 2).unwilling());

    assertThat(alpha.replies(7)).last().isEqualTo(new Reply.Done("bravo served in term 2"));
    assertThat(alpha.state().durable().offer()).isEmpty();
    assertThat(alpha.role()).isEqualTo(Role.STANDBY);
  }

  @Test
  void targetThatForgotTheOfferAndKnowsALaterTermIsNotWaitedForForEver() {
    var alpha =
        released()
            .feeds(at -> new Input.Fitness(at, false))
            .accompaniedBy(says(BRAVO).standby(9))
            .passes(ofSeconds(4));
    assertThat(alpha.replies(7)).last().isInstanceOf(Reply.Underway.class);

    alpha.passes(ofSeconds(3));

    assertThat(alpha.isFailed(7, Rule.HANDED_BACK)).isTrue();
    assertThat(alpha.state().durable().offer()).isEmpty();
    assertThat(alpha.role()).isEqualTo(Role.STANDBY);
  }

  /** It lost the mandate while it was starting, and is not to start again by itself. */
  @Test
  void targetThatTookTheOfferAndNeverServedIsNotWaitedForForEver() {
    var alpha =
        released()
            .feeds(at -> new Input.Fitness(at, false))
            .accompaniedBy(says(BRAVO).standby(2, 2).servedIn(0))
            .passes(ofSeconds(4));
    assertThat(alpha.replies(7)).last().isInstanceOf(Reply.Underway.class);

    alpha.passes(ofSeconds(3));

    assertThat(alpha.isFailed(7, Rule.HANDED_BACK)).isTrue();
    assertThat(alpha.state().durable().offer()).isEmpty();
  }

  @Test
  void targetThatDeclinedDoesNotTryAgainWhileTheOtherCan() {
    var bravo =
        offered(target())
            .settles()
            .feeds(at -> new Input.StartFailed(at, new Term(6), "unit failed"))
            .stops()
            .accompaniedBy(says(ALPHA).standby(6, 5))
            .passes(ofSeconds(20));

    assertThat(bravo.role()).isEqualTo(Role.STANDBY);
    assertThat(bravo.watch().blockedBy()).containsExactly(Rule.OTHER_FIRST);
  }

  @Test
  void ofTwoThatCouldNotStartTheOneWhoTriedEarlierTriesNext() {
    var alpha =
        released()
            .hears(says(BRAVO).standby(2, 2).servedIn(0).declining(2))
            .hears(says(BRAVO).standby(3, 2).servedIn(0).declining(2))
            .settles()
            .feeds(at -> new Input.StartFailed(at, new Term(3), "unit failed"))
            .stops()
            .accompaniedBy(says(BRAVO).standby(3, 2).servedIn(0).declining(2))
            .passes(ofSeconds(20));

    assertThat(alpha.role()).isEqualTo(Role.STANDBY);
    assertThat(alpha.watch().blockedBy()).containsExactly(Rule.OTHER_FIRST);
  }

  @Test
  void targetThatDiesAfterTheReleaseIsTakenOverFrom() {
    var alpha = released().silence().passes(ofMillis(5500));
    assertThat(alpha.role()).as("the target may rise unheard").isEqualTo(Role.STANDBY);

    alpha.passes(ofSeconds(1));
    assertThat(alpha.role()).isEqualTo(Role.STARTING);
    assertThat(alpha.term()).isEqualTo(new Term(3));
    assertThat(alpha.replies(7).getLast()).isInstanceOf(Reply.Failed.class);
  }

  @Test
  void targetThatNeverTakesTheOfferLosesIt() {
    var alpha = released().accompaniedBy(says(BRAVO).standby(2));
    alpha.passes(ofSeconds(2));
    assertThat(alpha.watch().blockedBy()).containsExactly(Rule.OFFER_PENDING);

    alpha.passes(ofMillis(1500));
    assertThat(alpha.role()).isEqualTo(Role.STARTING);
    assertThat(alpha.term()).isEqualTo(new Term(3));
  }

  @Test
  void restartAfterTheReleaseStillLeavesTheOtherItsTurn() {
    Durable durable = released().state().durable();
    var alpha = Scene.booted(policy(ALPHA), durable).hears(says(BRAVO).standby(2));

    assertThat(alpha.role()).isEqualTo(Role.STANDBY);
    assertThat(alpha.watch().blockedBy()).containsExactly(Rule.OFFER_PENDING);
    assertThat(alpha.speech().handover())
        .contains(new Handover(7, BRAVO, Stage.RELEASED, new Term(2)));
  }

  @Test
  void laterTermMeanwhileEndsTheSwitchover() {
    var alpha = stopping().hears(says(BRAVO).active(5));

    assertThat(alpha.role()).isEqualTo(Role.STOPPING);
    assertThat(alpha.last().rule()).isEqualTo(Rule.SUPERSEDED);
    assertThat(alpha.isFailed(7, Rule.MANDATE_LOST)).isTrue();
  }

  @Test
  void lostMandateMeanwhileEndsTheSwitchover() {
    var alpha = stopping().silence().sleeps(ofSeconds(5)).passes(ofMillis(1));

    assertThat(alpha.last().rule()).isEqualTo(Rule.MANDATE_LOST);
    assertThat(alpha.isFailed(7, Rule.MANDATE_LOST)).isTrue();
  }

  @Test
  void withoutFinalSyncItReleasesOnceStopped() {
    var alpha = Scene.active().asks(7, WITHOUT_SYNC).passes(ofMillis(600)).stops();

    assertThat(alpha.role()).isEqualTo(Role.STANDBY);
    assertThat(alpha.rules()).endsWith(Rule.HOLDS_CLIENTS, Rule.RELEASED);
  }

  /** Nor for one that was cut off a moment ago, and is not silent for long enough yet. */
  @Test
  void serviceIsNotStoppedForATargetThatIsNotHeard() {
    var alpha = Scene.active().silence().asks(7, WITHOUT_SYNC).passes(ofMillis(1500));
    assertThat(alpha.role()).isEqualTo(Role.ACTIVE);

    alpha.passes(ofMillis(600));
    assertThat(alpha.isFailed(7, Rule.ROLLED_BACK)).isTrue();
    assertThat(alpha.rules()).doesNotContain(Rule.HOLDS_CLIENTS);

    alpha.hears(READY).asks(8, WITHOUT_SYNC).hears(READY);
    assertThat(alpha.role()).isEqualTo(Role.STOPPING);
  }

  @Test
  void withoutDataThereIsNothingToWaitFor() {
    var alpha =
        stopping().feeds(at -> new Input.DataStands(at, new Standing.NothingToCopy())).stops();

    assertThat(alpha.last().rule()).isEqualTo(Rule.RELEASED);
  }

  // The target's side

  @Test
  void targetCopiesWhatItIsAskedToOnce() {
    var bravo = target().passes(ofMillis(100)).hears(wanting(Stage.PREPARE));

    assertThat(bravo.effects()).containsOnlyOnce(new Effect.Sync(7, Stage.PREPARE, ALPHA));
    assertThat(bravo.speech().progress())
        .contains(new Progress(7, Stage.PREPARE, false, false, ""));

    bravo.feeds(
        at ->
            new Input.Synced(
                at, 7, Stage.PREPARE, new Standing.Complete("h2", at), Optional.empty()));
    assertThat(bravo.speech().progress())
        .contains(new Progress(7, Stage.PREPARE, true, false, "h2"));
  }

  @Test
  void targetReportsOnlyTheErrandThatIsWantedNow() {
    var bravo = target().hears(says(ALPHA).stopping(5).wanting(7, BRAVO, Stage.FINAL, 5));

    bravo.feeds(
        at ->
            new Input.Synced(
                at, 7, Stage.PREPARE, new Standing.Complete("h2", at), Optional.empty()));

    assertThat(bravo.speech().progress()).contains(new Progress(7, Stage.FINAL, false, false, ""));
    assertThat(bravo.passes(ofMillis(200)).effects())
        .containsOnlyOnce(new Effect.Sync(7, Stage.FINAL, ALPHA));
  }

  @Test
  void targetTakesTheOfferedTermOnceThoughItHearsTheOfferTwice() {
    var bravo = offered(target());
    assertThat(bravo.role()).isEqualTo(Role.STARTING);
    assertThat(bravo.term()).isEqualTo(new Term(6));

    bravo.settles().feeds(at -> new Input.StartFailed(at, new Term(6), "unit failed")).stops();
    offered(bravo);

    assertThat(bravo.role()).isEqualTo(Role.STANDBY);
    assertThat(bravo.term()).isEqualTo(new Term(6));
  }

  @Test
  void targetThatJustWokeTakesTheOfferOnceItIsKnownNotToBeCutOff() {
    var bravo = target().passes(ofMillis(200)).leavesProbesUnanswered().sleeps(ofMillis(600));
    offered(bravo);
    assertThat(bravo.role()).isEqualTo(Role.STANDBY);
    assertThat(bravo.last().effects()).contains(new Effect.Probe());

    offered(bravo.passes(ofMillis(550)));
    assertThat(bravo.role()).isEqualTo(Role.STARTING);

    bravo.settles().starts();
    assertThat(bravo.role()).isEqualTo(Role.ACTIVE);
    assertThat(bravo.rules()).doesNotContain(Rule.MANDATE_LOST);
  }

  @Test
  void offerThatWasOvertakenByALaterTermIsNotTaken() {
    var bravo = target().hears(says(ALPHA).starting(7));

    offered(bravo);

    assertThat(bravo.role()).isEqualTo(Role.STANDBY);
  }

  @Test
  void offerIsDeclinedByALifeThatNeverHeardTheGiverServe() {
    var bravo = offered(Scene.booted(policy(BRAVO), Durable.FRESH.withTerm(new Term(5))));

    assertThat(bravo.role()).isEqualTo(Role.STANDBY);
    assertThat(bravo.rules()).contains(Rule.OFFER_TOO_LATE);
    assertThat(bravo.speech().declined()).contains(new Term(6));
  }

  @Test
  void offerThatComesLongAfterTheGiverWasHeardToServeIsDeclined() {
    var bravo = target().passes(ofMillis(1900));
    assertThat(offered(bravo).role()).isEqualTo(Role.STARTING);

    var late = offered(target().passes(ofMillis(2100)));

    assertThat(late.role()).isEqualTo(Role.STANDBY);
    assertThat(late.speech().declined()).contains(new Term(6));
    assertThat(offered(late).rules()).containsOnlyOnce(Rule.OFFER_TOO_LATE);
  }

  @Test
  void offerThatComesTooLateBesideASilentNodeIsDeclined() {
    var three = beside(policy(BRAVO), Designation.SECONDARY);
    var bravo = offered(Scene.booted(three, Durable.FRESH.withTerm(new Term(5))));

    assertThat(bravo.rules()).contains(Rule.OFFER_TOO_LATE);
    assertThat(bravo.speech().declined()).contains(new Term(6));
  }

  @Test
  void offerIsTakenUpAtOnceThoughARemoteNodeIsOff() {
    var bravo = offered(besideOneThatIsOff(Designation.DR));

    assertThat(bravo.role()).isEqualTo(Role.STARTING);
    assertThat(bravo.last().rule()).isEqualTo(Rule.OFFERED);
    assertThat(bravo.term()).isEqualTo(new Term(6));
  }

  @Test
  void offerIsTakenUpBesideASecondaryThatIsOffOnceTheServiceWasSilentForALease() {
    var bravo = offered(besideOneThatIsOff(Designation.SECONDARY));
    assertThat(bravo.role()).isEqualTo(Role.STANDBY);

    bravo.accompaniedBy(says(ALPHA).standby(6, 5).wanting(7, BRAVO, Stage.RELEASED, 6));
    bravo.passes(ofMillis(2700));

    assertThat(bravo.rules()).contains(Rule.OFFERED).doesNotContain(Rule.TAKES_OVER);
    assertThat(bravo.term()).as("the silent one may claim 6").isEqualTo(new Term(7));
  }

  /** Heard once, and gone for a minute when alpha wants to hand over. */
  private static Scene besideOneThatIsOff(Designation third) {
    return Scene.standby(beside(policy(BRAVO), third))
        .hears(says(REMOTE).standby(5))
        .accompaniedBy(says(ALPHA).active(5))
        .passes(ofSeconds(60))
        .silence();
  }

  @Test
  void promotionThatWaitsIsCarriedOutWhenTheOfferIsDeclined() {
    var bravo =
        Scene.booted(policy(BRAVO), Durable.FRESH.withTerm(new Term(5)))
            .asks(3, new Request.Promote(false));

    offered(offered(bravo)).settles().starts();

    assertThat(bravo.isDone(3)).isTrue();
  }

  private static Scene stopping() {
    return stopping(Scene.active());
  }

  private static Scene stopping(Scene active) {
    return active.asks(7, SWITCHOVER).hears(READY.done(7, Stage.PREPARE, "h1"));
  }

  private static Scene released() {
    return released(Scene.active());
  }

  private static Scene released(Scene active) {
    return measures(stopping(active).stops(), "h2").hears(READY.done(7, Stage.FINAL, "h2"));
  }

  private static Scene measures(Scene scene, String head) {
    return scene.feeds(at -> new Input.DataStands(at, new Standing.Complete(head, at)));
  }

  private static Says wanting(Stage stage) {
    return says(ALPHA).active(5).wanting(7, BRAVO, stage, 5);
  }

  private static Scene target() {
    return Scene.standby().hears(wanting(Stage.PREPARE));
  }

  private static Scene offered(Scene bravo) {
    return bravo.hears(says(ALPHA).standby(6, 5).wanting(7, BRAVO, Stage.RELEASED, 6));
  }
}
