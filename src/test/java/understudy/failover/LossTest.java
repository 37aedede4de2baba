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
import static understudy.failover.TakeoverTest.assertIsHeldBackBy;
import static understudy.failover.TakeoverTest.withRemote;

import java.time.Duration;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import understudy.failover.View.Probe;
import understudy.failover.View.Service;

/** What a node that takes another's place would lose, and when a person is asked for it. */
class LossTest {

  @Test
  void moreLossThanAllowedIsAskedFor() {
    var bravo = Scene.standby(maxLoss(policy(BRAVO))).accompaniedBy(says(ALPHA).active(5));
    bravo.passes(ofSeconds(3)).silence().passes(ofSeconds(20));

    assertIsHeldBackBy(bravo, Rule.TOO_MUCH_LOSS);
  }

  /** Of alpha, whose service stopped in term 5 and does not start again, while it is heard. */
  private static Scene.Says unable() {
    return says(ALPHA).standby(5, 5).unready();
  }

  private static Scene heardToStop(Policy policy) {
    return Scene.standby(policy).hears(says(ALPHA).stopping(5)).accompaniedBy(unable());
  }

  @Test
  void placeOfANodeThatIsHeardAndCannotServeIsTaken() {
    assertThat(heardToStop(policy(BRAVO)).role()).isEqualTo(Role.STARTING);
  }

  @Test
  void placeOfANodeThatIsHeardAndCannotServeIsAskedForWhenToldSo() {
    var bravo = heardToStop(onFailure(OnFailure.ASK)).passes(ofSeconds(20));
    assertIsHeldBackBy(bravo, Rule.ASKS_FIRST);
    assertThat(bravo.speech().asks()).as("alpha is not to wait for it").isTrue();

    bravo.asks(1, new Request.Promote(false)).passes(ofMillis(500));
    assertThat(bravo.role()).isEqualTo(Role.STARTING);
  }

  @Test
  void placeOfANodeThatIsHeardAndCannotServeIsLeftWhenToldSo() {
    assertIsHeldBackBy(
        heardToStop(onFailure(OnFailure.KEEP_STANDBY)).passes(ofSeconds(20)), Rule.KEEPS_STANDBY);
  }

  @Test
  void whoAsksSpeaksNoOftenerThanEveryInterval() {
    var bravo = heardToStop(onFailure(OnFailure.ASK)).passes(ofSeconds(2));
    long before = beats(bravo);

    bravo.passes(ofSeconds(20));

    assertThat(beats(bravo) - before).isBetween(38L, 42L);
  }

  private static long beats(Scene scene) {
    return scene.effects().stream().filter(effect -> effect instanceof Effect.Beat).count();
  }

  @Test
  void whoAskedAsksNoMoreOnceAnotherServes() {
    var bravo = heardToStop(onFailure(OnFailure.ASK)).passes(ofSeconds(2));

    bravo.hears(says(ALPHA).active(6));

    assertThat(bravo.speech().asks()).isFalse();
    assertThat(bravo.watch().blockedBy()).isEmpty();
  }

  @Test
  void placeOfANodeThatAPersonDemotedIsTakenUnasked() {
    var bravo =
        Scene.standby(onFailure(OnFailure.ASK))
            .hears(says(ALPHA).stopping(5))
            .hears(says(ALPHA).standby(5, 5).unwilling());

    assertThat(bravo.role()).isEqualTo(Role.STARTING);
  }

  @Test
  void placeOfWhoWasDemotedLastIsTakenUnaskedWhoeverServedBeforeThat() {
    var asks = changed(Optional.empty(), OnFailure.ASK).apply(policy(BRAVO));
    var bravo =
        Scene.booted(beside(asks, Designation.DR), Durable.FRESH)
            .hears(says(REMOTE).standby(5, 3))
            .hears(says(ALPHA).standby(5, 5).unwilling());

    assertThat(bravo.role()).isEqualTo(Role.STARTING);
  }

  @Test
  void moreLossThanAllowedIsAskedForAlsoWhenTheNewerDataIsInSight() {
    var bravo = Scene.standby(maxLoss(policy(BRAVO))).accompaniedBy(says(ALPHA).active(5));
    bravo.passes(ofSeconds(3)).hears(says(ALPHA).stopping(5)).accompaniedBy(unable());
    bravo.passes(ofSeconds(20));

    assertIsHeldBackBy(bravo, Rule.TOO_MUCH_LOSS);
  }

  @Test
  void lossIsCountedUntilTheOtherNodeServedLast() {
    var bravo = Scene.standby(maxLoss(policy(BRAVO)));
    bravo.feeds(at -> new Input.Fitness(at, false));
    bravo.hears(says(ALPHA).stopping(5)).accompaniedBy(unable()).passes(ofSeconds(20));
    assertIsHeldBackBy(bravo, Rule.UNFIT);

    bravo.feeds(at -> new Input.Fitness(at, true)).passes(ofMillis(500));

    assertThat(bravo.role()).isEqualTo(Role.STARTING);
  }

  /** What it may lose was weighed when it took the term: it tries again. */
  @Test
  void whoReignedLastTriesAgainThoughItsLastStartFailed() {
    var alpha =
        Scene.booted(maxLoss(policy(ALPHA)), reignedIn(5), new Standing.Undated("h1"))
            .passes(ofSeconds(4));
    assertThat(alpha.role()).isEqualTo(Role.STARTING);

    alpha.feeds(at -> new Input.StartFailed(at, new Term(6), "unit failed")).stops();
    alpha.passes(ofSeconds(4));

    assertThat(alpha.role()).as(alpha.rules().toString()).isEqualTo(Role.STARTING);
    assertThat(alpha.term()).isEqualTo(new Term(7));
  }

  /**
   * Clients are shut out, so nothing they wrote is lost, however long the service takes to stop.
   */
  @Test
  void slowStopIsNoLoss() {
    var bravo = Scene.standby(maxLoss(policy(BRAVO))).accompaniedBy(says(ALPHA).stopping(5));

    bravo.passes(ofSeconds(15)).accompaniedBy(says(ALPHA).standby(5, 5).unwilling());

    assertThat(bravo.role()).as(bravo.rules().toString()).isEqualTo(Role.STARTING);
  }

  /** Remote served in term 5; alpha was promoted in its place, and its start failed. */
  @Test
  void whoReignedLastAndDidNotServeAsksBeforeItReplacesWhoServedUnheard() {
    var asks = withRemote(changed(Optional.empty(), OnFailure.ASK).apply(policy(ALPHA)));
    var claimed = Durable.FRESH.knowing(new Term(5)).withReign(new Term(6));
    var alpha = Scene.booted(asks, claimed).accompaniedBy(says(BRAVO).standby(6).unready());

    alpha.passes(ofSeconds(10));

    assertIsHeldBackBy(alpha, Rule.ASKS_FIRST);
  }

  /** Bravo had its vote since: it may have served, and died before it was heard. */
  @Test
  void whoVotedForAnotherSinceItsReignIsNotSureOfItsData() {
    var vote = new Durable.Vote(new Term(6), Optional.of(BRAVO));
    var alpha =
        Scene.booted(
                maxLoss(policy(ALPHA)), reignedIn(5).withVote(vote), new Standing.Undated("h1"))
            .passes(ofSeconds(4));

    assertIsHeldBackBy(alpha, Rule.TOO_MUCH_LOSS);
  }

  @Test
  void aVoteForItselfOrBeforeItsReignSaysNothing() {
    var own = new Durable.Vote(new Term(6), Optional.of(ALPHA));
    assertThat(reignedIn(5).withVote(own).votedSince(ALPHA)).isFalse();
    assertThat(reignedIn(6).withVote(own).votedSince(BRAVO)).isFalse();
  }

  @Test
  void whereNothingIsCopiedNothingIsLostBesideOneThatIsNotMet() {
    var remote = withRemote(maxLoss(policy(ALPHA)));
    var claimed = Durable.FRESH.knowing(new Term(5)).withTerm(new Term(6));
    var alpha =
        Scene.booted(remote, claimed, new Standing.NothingToCopy())
            .accompaniedBy(says(BRAVO).standby(6).unready())
            .passes(ofSeconds(10));

    assertThat(alpha.role()).as(alpha.rules().toString()).isEqualTo(Role.STARTING);
  }

  /** Both terms were its own; a remote node that it never met does not change that. */
  @Test
  void whoReignedLastTriesAgainBesideANodeThatWasNeverMet() {
    var asks = withRemote(changed(Optional.empty(), OnFailure.ASK).apply(policy(ALPHA)));
    var alpha = Scene.booted(asks, reignedIn(5)).accompaniedBy(says(BRAVO).standby(5).unready());
    alpha.passes(ofSeconds(4));
    for (long term = 6; term <= 8; term++) {
      assertThat(alpha.role()).as(alpha.rules().toString()).isEqualTo(Role.STARTING);
      long claimed = term;
      alpha.accompaniedBy(says(BRAVO).standby(term).unready()).settles();
      alpha.feeds(at -> new Input.StartFailed(at, new Term(claimed), "unit failed")).stops();
      alpha.passes(ofSeconds(4));
    }
  }

  /** It was away, served in that time, lost its disk and came back. */
  @Test
  void whoComesBackBlankMayHaveServedUntilNow() {
    var bravo = Scene.standby(maxLoss(policy(BRAVO))).hears(says(ALPHA).standby(5, 5));
    bravo.feeds(at -> new Input.DataStands(at, new Standing.Complete("h1", at)));
    bravo.feeds(at -> new Input.Fitness(at, false)).passes(ofSeconds(60));

    bravo.accompaniedBy(says(ALPHA).standby(7).unready());
    bravo.feeds(at -> new Input.Fitness(at, true)).passes(ofSeconds(20));

    assertIsHeldBackBy(bravo, Rule.TOO_MUCH_LOSS);
  }

  /** Bravo took over unheard, so when it was heard last says nothing. */
  @Test
  void lossBesideASilentNodeIsCountedUntilAnybodyWasHeard() {
    var both = withRemote(maxLoss(policy(ALPHA)));
    var alpha =
        Scene.booted(both, reignedIn(5))
            .hears(says(BRAVO).standby(5))
            .accompaniedBy(says(REMOTE).standby(7))
            .passes(ofSeconds(20));

    assertIsHeldBackBy(alpha, Rule.TOO_MUCH_LOSS);
  }

  @Test
  void whoWasNotHeardForAWhileMayHaveServedUntilNow() {
    var bravo = Scene.standby(maxLoss(policy(BRAVO))).hears(says(ALPHA).standby(5, 5));
    bravo.feeds(at -> new Input.DataStands(at, new Standing.Complete("h1", at)));
    bravo.feeds(at -> new Input.Fitness(at, false)).passes(ofSeconds(60));

    bravo.accompaniedBy(says(ALPHA).standby(7, 7).unready());
    bravo.feeds(at -> new Input.Fitness(at, true)).passes(ofSeconds(20));

    assertIsHeldBackBy(bravo, Rule.TOO_MUCH_LOSS);
  }

  /** Of a standby that was cut off for a minute, whose active fell silent meanwhile. */
  private static Scene backAfterAMinute(boolean connectedMeanwhile, Service seenMeanwhile) {
    return Scene.standby(maxLoss(policy(BRAVO)))
        .network(connectedMeanwhile, seenMeanwhile)
        .passes(ofSeconds(60))
        .network(true, Service.SILENT)
        .passes(ofSeconds(20));
  }

  @Test
  void whatWasHeardLastSaysNothingWhenTheServiceAnsweredAfterThat() {
    assertIsHeldBackBy(backAfterAMinute(true, Service.ANSWERS), Rule.TOO_MUCH_LOSS);
    assertThat(backAfterAMinute(true, Service.SILENT).rules()).contains(Rule.TAKES_OVER);
  }

  @Test
  void whoWasCutOffDoesNotKnowForHowLongTheOtherServed() {
    assertIsHeldBackBy(backAfterAMinute(false, Service.SILENT), Rule.TOO_MUCH_LOSS);
  }

  /** What a look saw before a sleep is no news after it. */
  @Test
  void lookFromBeforeASleepDoesNotMakeTheLossLess() {
    var bravo = Scene.standby(maxLoss(policy(BRAVO))).leavesProbesUnanswered();
    var before = bravo.now();
    bravo.sleeps(ofSeconds(60)).passes(ofMillis(100));
    bravo.feeds(at -> new Input.Probed(at, Probe.seen(before, false, Service.SILENT, "old")));

    assertThat(bravo.state().view().servedUnheardUntil().orElseThrow().isAfter(before)).isTrue();
  }

  @Test
  void whoSleptDoesNotKnowForHowLongTheOtherServed() {
    var bravo = Scene.standby(maxLoss(policy(BRAVO))).sleeps(ofSeconds(60)).passes(ofSeconds(20));

    assertIsHeldBackBy(bravo, Rule.TOO_MUCH_LOSS);
  }

  /** It was silent long before alpha, whose last word counts. */
  @Test
  void thirdNodeThatIsHeardMakesNoLoss() {
    var bravo =
        Scene.standby(beside(maxLoss(policy(BRAVO)), Designation.DR))
            .accompaniedBy(says(REMOTE).standby(5))
            .passes(ofSeconds(20));

    assertThat(bravo.role()).as(bravo.rules().toString()).isEqualTo(Role.STARTING);
  }

  @Test
  void whoLostItsStateHasServedAllTheSame() {
    var blank = says(ALPHA).standby(5).unready();
    var bravo = Scene.standby(onFailure(OnFailure.ASK)).hears(blank);
    assertIsHeldBackBy(bravo, Rule.ASKS_FIRST);

    var restarted = Scene.booted(onFailure(OnFailure.ASK), bravo.state().durable()).hears(blank);
    assertIsHeldBackBy(restarted, Rule.ASKS_FIRST);
  }

  /** Its own start failed: the data of a third one, unmet since this daemon started, is newer. */
  @Test
  void whoTookTheLatestTermAndNeverServedDoesNotVouchForAThird() {
    var asks = changed(Optional.empty(), OnFailure.ASK).apply(policy(BRAVO));
    var failed = says(ALPHA).standby(4, 4).servedIn(0).declining(4);

    var bravo = Scene.booted(beside(asks, Designation.DR), reignedIn(1)).passes(ofSeconds(4));
    assertIsHeldBackBy(bravo.accompaniedBy(failed).passes(ofSeconds(4)), Rule.ASKS_FIRST);

    var knows = Scene.booted(beside(asks, Designation.DR), reignedIn(3)).passes(ofSeconds(4));
    assertThat(knows.accompaniedBy(failed).passes(ofSeconds(4)).role()).isEqualTo(Role.STARTING);
  }

  @Test
  void whoFailedToStartHasNothingNewer() {
    var policy = changed(Optional.of(ofSeconds(2)), OnFailure.ASK).apply(policy(ALPHA));
    var failing = says(BRAVO).standby(8, 8).declining(8).servedIn(3);

    var alpha = Scene.booted(policy, reignedIn(5)).accompaniedBy(failing).passes(ofSeconds(5));

    assertThat(alpha.role()).as(alpha.rules().toString()).isEqualTo(Role.STARTING);
  }

  @Test
  void whoServedLastGoesBeforeWhoFailedToStartAfterThat() {
    var alpha =
        Scene.booted(policy(ALPHA), reignedIn(5)).hears(says(BRAVO).standby(6, 6).servedIn(3));
    assertThat(alpha.role()).isEqualTo(Role.STARTING);

    var bravo =
        Scene.booted(policy(BRAVO), reignedIn(3).withReign(new Term(6)))
            .hears(says(ALPHA).standby(5, 5));
    assertThat(bravo.watch().blockedBy()).containsExactly(Rule.OTHER_FIRST);
  }

  /** It asks because the other is silent; once that is heard it may be the first choice. */
  @Test
  void whoIsHeldBackBesideASilentNodeDoesNotSayThatItAsks() {
    var alpha = Scene.booted(onFailure(OnFailure.ASK), reignedIn(5)).passes(ofSeconds(20));
    assertIsHeldBackBy(alpha, Rule.ASKS_FIRST);

    assertThat(alpha.speech().asks()).isFalse();
  }

  @Test
  void whoAsksIsNotWaitedFor() {
    var bravo = Scene.booted(policy(BRAVO), reignedIn(3)).hears(says(ALPHA).standby(5, 5).asking());

    assertThat(bravo.role()).isEqualTo(Role.STARTING);
  }

  @Test
  void personIsHeardWhileTheOtherOnlyTriesToStart() {
    var bravo = Scene.standby(onFailure(OnFailure.ASK)).hears(says(ALPHA).starting(6).servedIn(5));
    bravo.asks(1, new Request.Promote(false));
    assertThat(bravo.isRefused(1, Rule.PEER_SERVES)).isFalse();

    bravo.accompaniedBy(unable()).passes(ofSeconds(1));

    assertThat(bravo.role()).as(bravo.rules().toString()).isEqualTo(Role.STARTING);
  }

  @Test
  void promotionLosesNoMoreThanAllowedUnlessForcedThoughTheOtherIsHeard() {
    var bravo = Scene.standby(maxLoss(policy(BRAVO))).accompaniedBy(says(ALPHA).active(5));
    bravo.passes(ofSeconds(3)).hears(says(ALPHA).stopping(5)).accompaniedBy(unable());

    bravo.asks(1, new Request.Promote(false)).passes(ofSeconds(1));
    assertThat(bravo.isRefused(1, Rule.TOO_MUCH_LOSS)).isTrue();

    bravo.asks(2, new Request.Promote(true));
    assertThat(bravo.role()).isEqualTo(Role.STARTING);
  }

  @Test
  void disasterRecoveryNodeThatServedLastCountsAlsoWhenItFallsSilent() {
    var policy = withRemote(maxLoss(policy(ALPHA)));
    var alpha = Scene.booted(policy, reignedIn(5)).accompaniedBy(says(BRAVO).standby(6));
    for (int second = 0; second < 5; second++) {
      alpha.hears(says(REMOTE).active(6)).passes(ofSeconds(1));
    }

    alpha.hears(says(REMOTE).stopping(6)).hears(says(REMOTE).standby(6, 6).unwilling());
    alpha.passes(ofSeconds(20));

    assertIsHeldBackBy(alpha, Rule.TOO_MUCH_LOSS);
  }

  static UnaryOperator<Policy> changed(Optional<Duration> maxLoss, OnFailure on) {
    return p ->
        new Policy(
            p.self(),
            p.designation(),
            p.peers(),
            p.timing(),
            p.arbiter(),
            on,
            p.connectivityTested(),
            maxLoss,
            p.version());
  }

  static Policy maxLoss(Policy policy) {
    return changed(Optional.of(ofSeconds(2)), OnFailure.PROMOTE).apply(policy);
  }

  static Policy onFailure(OnFailure onFailure) {
    return changed(Optional.empty(), onFailure).apply(policy(BRAVO));
  }

  /** With a third node, remote. */
  static Policy beside(Policy p, Designation third) {
    var peers = new TreeMap<>(p.peers());
    peers.put(REMOTE, third);
    return new Policy(
        p.self(),
        p.designation(),
        peers,
        p.timing(),
        p.arbiter(),
        p.onFailure(),
        p.connectivityTested(),
        p.maxLoss(),
        p.version());
  }
}
