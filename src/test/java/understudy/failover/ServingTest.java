package understudy.failover;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static understudy.failover.Scene.ALPHA;
import static understudy.failover.Scene.BRAVO;
import static understudy.failover.Scene.REMOTE;
import static understudy.failover.Scene.TIMING;
import static understudy.failover.Scene.policy;
import static understudy.failover.Scene.reignedIn;
import static understudy.failover.Scene.says;
import static understudy.failover.TakeoverTest.withRemote;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import understudy.failover.Effect.Gate;
import understudy.failover.Situation.Active;
import understudy.failover.Situation.Starting;
import understudy.failover.View.Probe;
import understudy.failover.View.Service;
import understudy.time.Moment;

/** A node that holds the mandate: keeps it, loses it, meets another, wakes up, comes back. */
class ServingTest {

  @Test
  void keepsServingWhenOnlyThePeerIsGone() {
    var alpha = Scene.active().silence().passes(ofSeconds(30));

    assertThat(alpha.role()).isEqualTo(Role.ACTIVE);
    assertThat(alpha.rules()).endsWith(Rule.PEER_IS_SILENT);
  }

  @Test
  void tellsNeighboursAgainWhereTheAddressIsOnceThePeerIsBack() {
    var alpha = Scene.active().silence().passes(ofSeconds(5)).hears(says(BRAVO).standby(1));

    assertThat(alpha.last().rule()).isEqualTo(Rule.PEER_IS_BACK);
    assertThat(alpha.last().effects()).contains(new Effect.Announce());
  }

  @Test
  void freezesWhenPeerAndConnectivityTestAreBothLost() {
    var alpha = Scene.active().network(false, Service.SILENT).silence().passes(ofMillis(2700));

    assertThat(alpha.role()).isEqualTo(Role.STOPPING);
    assertThat(alpha.rules()).endsWith(Rule.MANDATE_LOST);
    assertThat(alpha.effects()).containsSubsequence(new Effect.Fence(), new Effect.StopResources());

    alpha.stops();
    assertThat(alpha.role()).isEqualTo(Role.FROZEN);
  }

  @Test
  void nothingOutlivesTheLastProofByMoreThanALease() {
    var alpha = Scene.active();
    Moment lastProof = alpha.now();

    alpha.network(false, Service.SILENT).silence().passes(ofSeconds(10));

    assertThat(alpha.effects())
        .filteredOn(Effect.Extend.class::isInstance)
        .allSatisfy(
            effect ->
                assertThat(((Effect.Extend) effect).until())
                    .isLessThanOrEqualTo(lastProof.plus(TIMING.lease())));
  }

  /** The claim of the standby comes later than the end of the mandate, whatever the drift. */
  @Test
  void holderThatIsCutOffHasStoppedBeforeTheOtherMayStart() {
    Duration lost = TIMING.interval().multipliedBy(TIMING.failures() - 1);
    var bravo = Scene.standby();
    Moment lastHeard = bravo.now().minus(ofMillis(1));
    // The service answered until the cut, though some heartbeats before it were lost.
    bravo.network(true, Service.ANSWERS).passes(lost);
    Moment cut = bravo.now();
    bravo.network(true, Service.SILENT);
    while (bravo.role() == Role.STANDBY) {
      bravo.passes(Scene.TICK);
    }

    assertThat(bravo.now()).isGreaterThan(cut.plus(TIMING.leaseElsewhere()));
    assertThat(bravo.now()).isGreaterThan(lastHeard.plus(TIMING.primaryTimeout()));
  }

  @Test
  void frozenNodeListensBeforeItServesAgain() {
    var alpha = Scene.frozen().network(true, Service.SILENT).passes(ofMillis(2500));
    assertThat(alpha.role()).isEqualTo(Role.FROZEN);

    alpha.passes(ofMillis(2500));
    assertThat(alpha.role()).isEqualTo(Role.STARTING);
    assertThat(alpha.term()).isEqualTo(new Term(2));
  }

  @Test
  void frozenNodeReturnsAsStandbyOfTheNodeThatServesNow() {
    var alpha = Scene.frozen().hears(says(BRAVO).active(2));

    assertThat(alpha.role()).isEqualTo(Role.STANDBY);
    assertThat(alpha.last().rule()).isEqualTo(Rule.RETURNS_AS_STANDBY);
    assertThat(alpha.last().effects()).contains(new Effect.Follow(Optional.of(BRAVO)));
  }

  @Test
  void wokenHolderWhoseMandateRanOutStopsBeforeAnythingElse() {
    var alpha = Scene.active().silence().sleeps(ofSeconds(10)).hears(says(BRAVO).standby(1));

    assertThat(alpha.role()).isEqualTo(Role.STOPPING);
    assertThat(alpha.last().rule()).isEqualTo(Rule.MANDATE_LOST);
    assertThat(alpha.last().effects()).startsWith(new Effect.Fence(), new Effect.StopResources());
  }

  @Test
  void heartbeatsThatWaitedInABufferDoNotProlongTheMandate() {
    var alpha = Scene.active().network(false, Service.SILENT).silence();
    Moment lastProof = alpha.now();

    alpha.sleeps(ofMillis(1500)).hears(says(BRAVO).standby(1)).hears(says(BRAVO).standby(1));

    assertThat(((Active) alpha.state().situation()).mandateUntil())
        .isEqualTo(lastProof.plus(TIMING.lease()).minus(TIMING.drowsiness()));
    assertThat(alpha.effects()).as("it looks at once").contains(new Effect.Probe());
  }

  /** Else two stalls, the way cut in the first, would let it serve beside who took over. */
  @Test
  void heartbeatsThatWaitedInABufferProveNothingAfterAnotherSleepEither() {
    var alpha = Scene.active().network(false, Service.SILENT).silence();
    Moment lastProof = alpha.now();

    alpha.sleeps(ofMillis(800)).hears(says(BRAVO).standby(1)).passes(Scene.TICK);
    alpha.sleeps(TIMING.drowsiness().plusMillis(1)).passes(Scene.TICK);

    assertThat(((Active) alpha.state().situation()).mandateUntil())
        .isEqualTo(lastProof.plus(TIMING.lease()).minus(TIMING.drowsiness()));
  }

  @Test
  void holderThatLosesItsMandateTellsHowOldItsLatestSignsAre() {
    var alpha = Scene.active().network(true, Service.ANSWERS).silence().passes(ofMillis(1600));
    alpha.leavesProbesUnanswered().sleeps(ofSeconds(3)).passes(Scene.TICK);

    assertThat(alpha.last().rule()).isEqualTo(Rule.MANDATE_LOST);
    assertThat(alpha.last().evidence())
        .anyMatch(fact -> fact.matches("ended \\d+ ms ago, the turn before was 3125 ms ago"))
        .anyMatch(fact -> fact.matches("looked 3\\d{3} ms ago: as staged"));
  }

  @Test
  void wokenStandbyListensBeforeItActsOnWhatItHears() {
    var bravo =
        Scene.standby()
            .sleeps(ofSeconds(30))
            .hears(says(ALPHA).standby(6, 5).wanting(9, BRAVO, Heartbeat.Stage.RELEASED, 6));

    assertThat(bravo.role()).isEqualTo(Role.STANDBY);
    assertThat(bravo.last().evidence()).contains("nothing was decided for 30001 ms");
  }

  @Test
  void wokenStandbyCountsTheSilenceAnew() {
    var bravo = Scene.standby().sleeps(ofSeconds(30)).passes(ofMillis(2500));
    assertThat(bravo.role()).isEqualTo(Role.STANDBY);

    bravo.passes(ofMillis(1300));
    assertThat(bravo.role()).isEqualTo(Role.STARTING);
  }

  @Test
  void laterTermElsewhereEndsThisOne() {
    var alpha = Scene.active().hears(says(BRAVO).active(2));

    assertThat(alpha.role()).isEqualTo(Role.STOPPING);
    assertThat(alpha.last().rule()).isEqualTo(Rule.SUPERSEDED);
    assertThat(alpha.last().effects()).startsWith(new Effect.Fence(), new Effect.StopResources());

    alpha.stops().hears(says(BRAVO).active(2));
    assertThat(alpha.role()).isEqualTo(Role.STANDBY);
    assertThat(alpha.watch().following()).contains(BRAVO);
  }

  @Test
  void earlierTermElsewhereDoesNotMatter() {
    var bravo = Scene.standby().passes(ofMillis(3800)).settles().starts();

    bravo.hears(says(ALPHA).active(5));

    assertThat(bravo.role()).isEqualTo(Role.ACTIVE);
    assertThat(bravo.last().effects()).contains(new Effect.Announce());
  }

  @Test
  void ofTwoThatServeInTheSameTermThePrimaryStaysAndSaysSoOnce() {
    var alpha = Scene.active().hears(says(BRAVO).active(1)).hears(says(BRAVO).active(1));

    assertThat(alpha.role()).isEqualTo(Role.ACTIVE);
    assertThat(alpha.rules()).containsOnlyOnce(Rule.CONFLICT_WON);
  }

  @Test
  void ofTwoThatServeInTheSameTermTheSecondaryYields() {
    var bravo = Scene.standby().passes(ofMillis(3800)).settles().starts();

    bravo.hears(says(ALPHA).active(6));

    assertThat(bravo.role()).isEqualTo(Role.STOPPING);
    assertThat(bravo.last().rule()).isEqualTo(Rule.CONFLICT_LOST);
  }

  /**
   * Else a claim that is withdrawn as soon as the two hear each other costs the clients a break.
   */
  @Test
  void whoServesStaysBesideOneThatOnlyStartsInTheSameTerm() {
    var bravo = Scene.standby().passes(ofMillis(3800)).settles().starts();

    bravo.hears(says(ALPHA).starting(6));
    assertThat(bravo.role()).isEqualTo(Role.ACTIVE);
    assertThat(bravo.last().rule()).isEqualTo(Rule.CONFLICT_WON);

    bravo.hears(says(ALPHA).stopping(6).servedIn(1));
    assertThat(bravo.role()).isEqualTo(Role.ACTIVE);
  }

  @Test
  void whoOnlyStartsYieldsToOneThatServesInTheSameTerm() {
    var alpha = Scene.booted(policy(ALPHA), Durable.FRESH).hears(says(BRAVO).standby(0));
    assertThat(alpha.role()).isEqualTo(Role.STARTING);

    alpha.hears(says(BRAVO).active(1));

    assertThat(alpha.role()).isEqualTo(Role.STOPPING);
    assertThat(alpha.last().rule()).isEqualTo(Rule.CONFLICT_LOST);
  }

  @Test
  void ofTwoRivalsInTheSameTermTheOneThatServesCounts() {
    var alpha =
        Scene.booted(withRemote(policy(ALPHA)), Durable.FRESH)
            .hears(says(REMOTE).standby(0))
            .hears(says(BRAVO).standby(0));

    alpha.hears(says(REMOTE).starting(1));
    assertThat(alpha.role()).isEqualTo(Role.STARTING);

    alpha.hears(says(BRAVO).active(1));
    assertThat(alpha.role()).isEqualTo(Role.STOPPING);
  }

  @Test
  void termThatWasGivenUpElsewhereIsOutlived() {
    var alpha = Scene.active().hears(says(BRAVO).standby(4, 4));

    assertThat(alpha.role()).isEqualTo(Role.ACTIVE);
    assertThat(alpha.last().rule()).isEqualTo(Rule.OUTLIVED);
    assertThat(alpha.state().durable().reign()).isEqualTo(new Term(5));
    assertThat(alpha.state().durable().served()).as("it serves on").isEqualTo(new Term(5));
  }

  /** Else two that hear a third and not each other go above each other without end. */
  @Test
  void termThatASilentNodeMayHoldIsOutlivedAPrimaryTimeoutLater() {
    var alpha =
        Scene.booted(LossTest.beside(policy(ALPHA), Designation.SECONDARY), Durable.FRESH)
            .hears(says(REMOTE).standby(0))
            .hears(says(BRAVO).standby(0))
            .hears(says(BRAVO).standby(1))
            .settles()
            .starts()
            .accompaniedBy(says(REMOTE).standby(4))
            .passes(ofMillis(2500));
    assertThat(alpha.role()).isEqualTo(Role.ACTIVE);
    assertThat(alpha.term()).isEqualTo(new Term(4));
    assertThat(alpha.rules()).doesNotContain(Rule.OUTLIVED);

    alpha.passes(ofSeconds(1));
    assertThat(alpha.rules()).contains(Rule.OUTLIVED);
    assertThat(alpha.state().durable().reign()).isEqualTo(new Term(5));
  }

  @Test
  void returningOldActiveBecomesStandbyOfTheNewOneAndStopsItsLeftovers() {
    var alpha = Scene.booted(policy(ALPHA), reignedIn(5)).hears(says(BRAVO).active(6));

    assertThat(alpha.role()).isEqualTo(Role.STANDBY);
    assertThat(alpha.watch().following()).contains(BRAVO);
    assertThat(alpha.last().effects()).startsWith(new Effect.Fence(), new Effect.StopResources());
  }

  @Test
  void quicklyRestartedActiveAdoptsWhatStillRuns() {
    var alpha =
        Scene.booted(policy(ALPHA), reignedIn(5))
            .hears(says(BRAVO).standby(5))
            .hears(says(BRAVO).standby(6))
            .settles()
            .starts();

    assertThat(alpha.role()).isEqualTo(Role.ACTIVE);
    assertThat(alpha.effects()).doesNotContain(new Effect.StopResources(), new Effect.Fence());
  }

  @Test
  void leftoversAreStoppedWhenNobodyTakesThemOver() {
    var alpha =
        Scene.booted(policy(ALPHA), Durable.FRESH.withTerm(new Term(3))).passes(ofMillis(3200));

    assertThat(alpha.effects()).containsSubsequence(new Effect.Fence(), new Effect.StopResources());
  }

  @Test
  void resourcesThatStartAfterTheNodeGaveUpAreStopped() {
    var bravo = Scene.standby().feeds(at -> new Input.ResourcesStarted(at, new Term(3)));

    assertThat(bravo.last().effects()).contains(new Effect.StopResources());
  }

  @Test
  void answersToEarlierTermsDoNotMatterWhileStarting() {
    var bravo =
        Scene.standby()
            .passes(ofMillis(3800))
            .settles()
            .feeds(at -> new Input.ResourcesStarted(at, new Term(5)))
            .feeds(at -> new Input.StartFailed(at, new Term(5), "old"));

    assertThat(bravo.role()).isEqualTo(Role.STARTING);
  }

  @Test
  void startThatHangsIsGivenUp() {
    var bravo = Scene.standby().passes(ofMillis(3800)).settles().passes(TIMING.startWithin());

    assertThat(bravo.role()).isEqualTo(Role.STOPPING);
    assertThat(bravo.rules()).contains(Rule.START_FAILED);
  }

  @Test
  void dataThatIsNotWholeAfterSettlingIsNotServed() {
    var bravo =
        Scene.standby()
            .passes(ofMillis(3800))
            .feeds(
                at ->
                    new Input.DataSettled(
                        at,
                        new Term(6),
                        new Standing.Incomplete("torn"),
                        Optional.of("checksum of x differs")));

    assertThat(bravo.role()).isEqualTo(Role.STOPPING);
    assertThat(bravo.effects()).doesNotContain(new Effect.StartResources(new Term(6)));
  }

  @Test
  void stopThatHangsIsTriedAgainAndSaid() {
    var alpha = Scene.active().hears(says(BRAVO).active(2)).passes(TIMING.stopWithin());

    assertThat(alpha.role()).isEqualTo(Role.STOPPING);
    assertThat(alpha.rules()).contains(Rule.STUCK_STOPPING);
    assertThat(alpha.effects().stream().filter(new Effect.StopResources()::equals).count())
        .isEqualTo(2);
  }

  @Test
  void stopThatFailsIsTriedAgainLongBeforeTheDeadline() {
    var alpha =
        Scene.active()
            .hears(says(BRAVO).active(2))
            .feeds(at -> new Input.StopFailed(at, "the disk is full"))
            .passes(TIMING.primaryTimeout().multipliedBy(2));

    assertThat(alpha.effects().stream().filter(new Effect.StopResources()::equals).count())
        .isEqualTo(2);
    assertThat(alpha.stops().role()).isEqualTo(Role.STANDBY);
  }

  @Test
  void mandateLastsThoughLooksComeRarely() {
    var rare =
        new Timing(
            ofMillis(500),
            4,
            ofSeconds(20),
            ofSeconds(3),
            ofMillis(2400),
            ofSeconds(60),
            ofSeconds(30),
            ofSeconds(60),
            ofSeconds(120));
    Policy p = policy(ALPHA);
    var policy =
        new Policy(
            p.self(),
            p.designation(),
            p.peers(),
            rare,
            p.arbiter(),
            p.onFailure(),
            true,
            p.maxLoss(),
            p.version());

    var alpha = Scene.active(policy).silence().passes(ofSeconds(30));

    assertThat(alpha.role()).isEqualTo(Role.ACTIVE);
  }

  @Test
  void claimWaitsForALookThatIsFreshEnoughToHoldTheMandate() {
    var bravo = Scene.standby().leavesProbesUnanswered().passes(ofMillis(1500));
    bravo
        .feeds(at -> new Input.Probed(at, Probe.seen(at, true, Service.NOT_ASKED, "early")))
        .passes(ofMillis(2200));
    assertThat(bravo.role()).isEqualTo(Role.STANDBY);

    bravo.feeds(at -> new Input.Probed(at, Probe.seen(at, true, Service.NOT_ASKED, "fresh")));
    assertThat(bravo.state().situation())
        .isInstanceOfSatisfying(
            Starting.class,
            starting -> assertThat(starting.mandateUntil()).isGreaterThan(bravo.now()));
  }

  @Test
  void neverStartsBesideANodeThatIsHeardToHold() {
    var bravo =
        Scene.standby()
            .accompaniedBy(says(ALPHA).active(5))
            .asks(1, new Request.Promote(true))
            .passes(ofSeconds(20));
    assertThat(bravo.role()).isEqualTo(Role.STARTING);
    assertThat(bravo.effects()).doesNotContain(new Effect.SettleData(new Term(6)));

    bravo.accompaniedBy(says(ALPHA).standby(6, 5)).passes(ofMillis(200));
    assertThat(bravo.effects()).contains(new Effect.SettleData(new Term(6)));
  }

  @Test
  void clientsAreHeldByTheGateWhileTheServiceGoesOn() {
    var alpha = Scene.active().asks(1, new Request.Clients(true));
    assertThat(gates(alpha.last())).containsExactly(Gate.HOLD);

    alpha.passes(ofMillis(200));
    assertThat(gates(alpha.last())).containsOnly(Gate.HOLD);

    alpha.asks(2, new Request.Clients(false));
    assertThat(gates(alpha.last())).containsExactly(Gate.OPEN);
    assertThat(alpha.role()).isEqualTo(Role.ACTIVE);
  }

  private static List<Gate> gates(Step step) {
    return step.effects().stream()
        .filter(Effect.Extend.class::isInstance)
        .map(effect -> ((Effect.Extend) effect).gate())
        .toList();
  }

  @Test
  void aHolderThatIsNoLongerCutOffSpeaksAtOnce() {
    var alpha = Scene.active().silence().network(false, Service.SILENT).passes(ofMillis(1600));
    int before = alpha.effects().size();

    alpha.feeds(
        at -> new Input.Probed(at, Probe.seen(at, true, Service.SILENT, "the router answers")));

    assertThat(alpha.role()).isEqualTo(Role.ACTIVE);
    assertThat(alpha.effects().subList(before, alpha.effects().size())).contains(new Effect.Beat());
  }

  @Test
  void aHolderThatWasCutOffSpeaksAtOnceWhenItHearsSomebody() {
    var cutOff = Scene.active().silence().network(false, Service.SILENT).passes(ofMillis(1610));
    assertThat(effectsOfHearing(cutOff)).contains(new Effect.Beat());

    var inTouch = Scene.active().silence().passes(ofMillis(1610));
    assertThat(effectsOfHearing(inTouch)).doesNotContain(new Effect.Beat());
  }

  private static List<Effect> effectsOfHearing(Scene alpha) {
    int before = alpha.effects().size();
    alpha.hears(says(BRAVO).standby(1));
    return alpha.effects().subList(before, alpha.effects().size());
  }
}
