package understudy.failover;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static understudy.failover.Assembly.ALPHA;
import static understudy.failover.Assembly.BRAVO;
import static understudy.failover.Assembly.CHARLIE;
import static understudy.failover.Assembly.WITNESS;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import understudy.failover.arbiter.MajorityArbiter;
import understudy.time.Moment;

/** What becomes of clusters whose voters grant the mandate. */
final class MajorityTest {
  private static Assembly of(SortedMap<NodeName, Designation> members) {
    var voters = new Electorate(new TreeSet<>(members.keySet()), 10);
    return new Assembly(members, new MajorityArbiter(voters), 7).boot();
  }

  private static Assembly pairServedByAlpha() {
    Assembly pair = of(Assembly.pairWithWitness()).run(ofSeconds(10));
    assertThat(pair.serving()).as(pair.log()).containsExactly(ALPHA);
    return pair;
  }

  @Test
  void thePrimaryServesOnceMoreThanHalfVoteForIt() {
    Assembly pair = pairServedByAlpha();

    assertThat(pair.of(WITNESS).state().durable().vote())
        .isEqualTo(Optional.of(new Durable.Vote(new Term(1), Optional.of(ALPHA))));
    assertThat(pair.of(WITNESS).role()).isEqualTo(Role.WITNESS);
    assertThat(pair.of(BRAVO).role()).isEqualTo(Role.STANDBY);
  }

  @Test
  void theStandbyTakesOverWithTheWitnessWhenTheActiveDies() {
    Assembly pair = pairServedByAlpha();

    pair.of(ALPHA).cutPower();
    pair.run(ofMillis(4200));

    assertThat(pair.serving()).as(pair.log()).containsExactly(BRAVO);
    assertThat(pair.of(BRAVO).state().durable().reign()).isEqualTo(new Term(2));
    assertThat(pair.of(BRAVO).state().durable().served()).isEqualTo(new Term(2));
  }

  @Test
  void aHolderCutOffFromAllStopsBeforeTheOtherStarts() {
    Assembly pair = pairServedByAlpha();

    pair.cut(ALPHA);
    pair.run(ofSeconds(6));

    assertThat(pair.serving()).as(pair.log()).containsExactly(BRAVO);
    assertThat(pair.of(ALPHA).role()).isEqualTo(Role.FROZEN);
    pair.heal();
    pair.run(ofSeconds(5));
    assertThat(pair.of(ALPHA).role()).as(pair.log()).isEqualTo(Role.STANDBY);
    assertThat(pair.serving()).containsExactly(BRAVO);
  }

  @Test
  void aCutBetweenTheNodesAloneChangesNothing() {
    Assembly pair = pairServedByAlpha();

    pair.only((from, to) -> from.equals(WITNESS) || to.equals(WITNESS));
    pair.run(ofSeconds(60));

    assertThat(pair.serving()).as(pair.log()).containsExactly(ALPHA);
    assertThat(pair.of(BRAVO).state().durable().term()).isEqualTo(new Term(1));
  }

  @Test
  void aStandbyThatDoesNotHearTheHolderGoesAboveItsTermOnlyNowAndThen() {
    Assembly pair = pairServedByAlpha();

    pair.only((from, to) -> !(from.equals(ALPHA) && to.equals(BRAVO)));
    pair.run(ofSeconds(60));

    assertThat(pair.serving()).as(pair.log()).containsExactly(ALPHA);
    // each time, once in a suspicion time of two seconds, the holder goes above it again
    assertThat(pair.of(ALPHA).state().durable().reign()).isLessThan(new Term(62));
  }

  private static final NodeName SECOND_WITNESS = new NodeName("witness-2");

  /** Alpha served, and then it had one witness and bravo the other, for a while. */
  private static Assembly cutInHalves(long seed) {
    SortedMap<NodeName, Designation> members = Assembly.pairWithWitness();
    members.put(SECOND_WITNESS, Designation.WITNESS);
    var voters = new Electorate(new TreeSet<>(members.keySet()), 10);
    var world = new Assembly(members, new MajorityArbiter(voters), seed).boot();
    world.run(ofSeconds(10));
    assertThat(world.serving()).as(world.log()).containsExactly(ALPHA);
    Set<NodeName> half = Set.of(ALPHA, WITNESS);
    world.only((from, to) -> half.contains(from) == half.contains(to));
    world.run(ofSeconds(8 + seed % 10));
    assertThat(world.serving()).as(world.log()).isEmpty();
    return world;
  }

  @Test
  void theLatestHolderServesAgainWhenHalvesMeet() {
    for (int seed = 1; seed <= 60; seed++) {
      Assembly world = cutInHalves(seed);

      world.heal();
      world.run(ofSeconds(8));

      assertThat(world.serving()).as("seed " + seed + world.log()).containsExactly(ALPHA);
    }
  }

  @Test
  void whoReachesNoMajorityIsNotWaitedForWhenHalvesMeet() {
    for (int seed = 1; seed <= 60; seed++) {
      Assembly world = cutInHalves(seed);

      Set<NodeName> witnesses = Set.of(WITNESS, SECOND_WITNESS);
      world.only(
          (from, to) ->
              !(from.equals(ALPHA) && witnesses.contains(to))
                  && !(to.equals(ALPHA) && witnesses.contains(from)));
      world.run(ofSeconds(20));

      assertThat(world.serving()).as("seed " + seed + world.log()).containsExactly(BRAVO);
    }
  }

  @Test
  void aMinorityNeverServes() {
    Assembly pair = pairServedByAlpha();

    pair.of(WITNESS).cutPower();
    pair.run(ofSeconds(30));
    assertThat(pair.serving()).as("two of three are enough" + pair.log()).containsExactly(ALPHA);
    pair.of(ALPHA).cutPower();
    pair.run(ofSeconds(60));

    assertThat(pair.serving()).as(pair.log()).isEmpty();
    pair.of(BRAVO).ask(new Request.Promote(true));
    pair.run(ofSeconds(20));
    assertThat(pair.serving()).as("not even by force" + pair.log()).isEmpty();
  }

  @Test
  void threeNodesNeedNoWitness() {
    Assembly three = of(Assembly.three()).run(ofSeconds(10));
    assertThat(three.serving()).as(three.log()).containsExactly(ALPHA);

    three.of(ALPHA).cutPower();
    three.run(ofSeconds(6));

    assertThat(three.serving()).as(three.log()).hasSize(1);
    three.of(three.serving().getFirst()).cutPower();
    three.run(ofSeconds(30));
    assertThat(three.serving()).as("one of three" + three.log()).isEmpty();
    three.of(ALPHA).boot();
    three.run(ofSeconds(15));
    assertThat(three.serving()).as(three.log()).hasSize(1);
  }

  @Test
  void aSwitchoverDoesNotWaitForALease() {
    Assembly pair = pairServedByAlpha();

    pair.of(ALPHA).ask(new Request.Switchover(false, false, Optional.of(BRAVO)));
    pair.run(ofMillis(1200));

    assertThat(pair.serving()).as(pair.log()).containsExactly(BRAVO);
  }

  @Test
  void aKilledDaemonThatReturnsAtOnceTakesItsRoleBack() {
    Assembly pair = pairServedByAlpha();

    pair.of(ALPHA).kill();
    pair.run(ofMillis(300));
    pair.of(ALPHA).boot();
    pair.run(ofSeconds(5));

    assertThat(pair.serving()).as(pair.log()).containsExactly(ALPHA);
  }

  @Test
  void aKilledDaemonThatReturnsAtOnceTakesItsRoleBackAlsoBesideANodeThatIsOff() {
    Assembly three = of(Assembly.three()).run(ofSeconds(10));
    three.of(CHARLIE).cutPower();
    three.run(ofSeconds(60));

    three.of(ALPHA).kill();
    three.run(ofMillis(300));
    three.of(ALPHA).boot();
    three.run(ofSeconds(8));

    assertThat(three.serving()).as(three.log()).containsExactly(ALPHA);
  }

  @Test
  void whoReturnsAloneLearnsFromTheWitnessThatItsDataIsOld() {
    Assembly pair = pairServedByAlpha();
    pair.of(ALPHA).cutPower();
    pair.run(ofSeconds(10));
    assertThat(pair.serving()).as(pair.log()).containsExactly(BRAVO);

    pair.of(BRAVO).cutPower();
    pair.of(ALPHA).boot();
    pair.run(ofSeconds(60));
    assertThat(pair.serving()).as(pair.log()).isEmpty();

    pair.of(BRAVO).boot();
    pair.run(ofSeconds(8));
    assertThat(pair.serving()).as(pair.log()).containsExactly(BRAVO);
  }

  @Test
  void whoDoesNotHearTheActiveLearnsFromTheWitnessThatItServesOn() {
    Assembly pair = pairServedByAlpha();

    pair.only((from, to) -> from.equals(WITNESS) || to.equals(WITNESS));
    pair.run(ofSeconds(60));

    State bravo = pair.of(BRAVO).state();
    Moment known = bravo.view().servedUnheardUntil().orElseThrow();
    assertThat(known.until(pair.of(BRAVO).clock())).as(pair.log()).isLessThan(ofSeconds(1));
  }

  @Test
  void remoteNodeThatIsOffDidNotTakeWhatWasHandedOver() {
    SortedMap<NodeName, Designation> members = Assembly.pairWithWitness();
    members.put(CHARLIE, Designation.DR);
    Assembly three = of(members).run(ofSeconds(10));
    three.of(CHARLIE).cutPower();
    three.run(ofSeconds(60));

    three.of(ALPHA).ask(new Request.Switchover(true, false, Optional.of(BRAVO)));
    three.run(ofSeconds(1));

    assertThat(three.serving()).as(three.log()).containsExactly(BRAVO);
    three.run(ofSeconds(8));
    for (NodeName name : List.of(ALPHA, BRAVO)) {
      assertThat(three.of(name).state().view().of(CHARLIE).mayHold()).as(name.value()).isFalse();
    }
  }

  @Test
  void aVoterThatIsHeardAgainMayHaveSupportedAnother() {
    Assembly pair = pairServedByAlpha();
    pair.of(ALPHA).cutPower();
    pair.of(WITNESS).kill();
    pair.run(ofSeconds(30));

    pair.of(WITNESS).boot();
    pair.run(ofSeconds(1));

    State bravo = pair.of(BRAVO).state();
    Moment known = bravo.view().servedUnheardUntil().orElseThrow();
    assertThat(known.until(pair.of(BRAVO).clock())).as(pair.log()).isLessThan(ofMillis(1500));
  }

  @Test
  void aCopyOfTheHolderGetsNoVoteBeforeWhatTheHolderWasPromisedIsOver() {
    Assembly pair = pairServedByAlpha();
    Failover witness = pair.of(WITNESS).core();
    State promised = pair.of(WITNESS).state();
    Ballot ballot = promised.view().election().promise().ballot().orElseThrow();
    var bid = new Bid(ballot.bid().term(), ballot.bid().life() + 1, new Moment(0), ofSeconds(2));
    Moment over = promised.view().election().promise().until();

    State asked = witness.step(promised, bid(promised.view().lastInput(), bid)).next();
    State askedAgain = witness.step(asked, bid(over, bid)).next();

    assertThat(asked.view().election().promise().ballot()).contains(ballot);
    assertThat(askedAgain.view().election().promise().ballot()).contains(new Ballot(ALPHA, bid));
  }

  private static Input bid(Moment at, Bid bid) {
    var votes = new Votes(bid.life(), Optional.of(bid), Optional.empty(), bid.term());
    return heard(at, ALPHA, Role.STANDBY, bid.term(), votes);
  }

  private static Input heard(Moment at, NodeName from, Role role, Term reign, Votes votes) {
    return new Input.Heard(
        at,
        new Heartbeat(
            from,
            reign,
            role,
            reign,
            reign,
            true,
            true,
            false,
            false,
            "",
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            "1",
            votes));
  }

  /** Bravo asks for the mandate that alpha left, and no voter has answered yet. */
  private static Assembly soughtByBravo() {
    Assembly pair = pairServedByAlpha();
    pair.of(ALPHA).cutPower();
    for (int millis = 0; candidacy(pair).isEmpty() && millis < 10_000; millis++) {
      pair.run(ofMillis(1));
    }
    return pair;
  }

  private static Optional<Election.Candidacy> candidacy(Assembly pair) {
    return pair.of(BRAVO).state().view().election().candidacy();
  }

  /** What becomes of bravo when the witness says so. */
  private static State told(Assembly pair, NodeName to, Bid granted) {
    var votes =
        new Votes(1, Optional.empty(), Optional.of(new Ballot(to, granted)), granted.term());
    State bravo = pair.of(BRAVO).state();
    Input ballot = heard(bravo.view().lastInput(), WITNESS, Role.WITNESS, Term.NONE, votes);
    return pair.of(BRAVO).core().step(bravo, ballot).next();
  }

  @Test
  void aVoteCountsForNothingButWhatItsNodeAsksForInThisLife() {
    Assembly pair = soughtByBravo();
    Election.Candidacy sought = candidacy(pair).orElseThrow();
    long life = pair.of(BRAVO).state().view().election().life();
    Moment now = pair.of(BRAVO).state().view().lastInput();
    Moment before = sought.since().minus(ofMillis(1));
    var bid = new Bid(sought.term(), life, now, ofSeconds(2));

    assertThat(told(pair, BRAVO, bid).role()).as(pair.log()).isEqualTo(Role.STARTING);
    assertThat(told(pair, ALPHA, bid).view().election().answers().keySet())
        .as("of another")
        .doesNotContain(WITNESS);
    assertThat(told(pair, BRAVO, new Bid(bid.term(), life + 1, now, bid.lease())).role())
        .as("of another life")
        .isEqualTo(Role.STANDBY);
    assertThat(told(pair, BRAVO, new Bid(bid.term(), life, before, bid.lease())).role())
        .as("of an earlier wish")
        .isEqualTo(Role.STANDBY);
    assertThat(told(pair, BRAVO, new Bid(new Term(1), life, now, bid.lease())).role())
        .as("of an earlier term")
        .isEqualTo(Role.STANDBY);
    assertThat(
            told(pair, BRAVO, new Bid(bid.term(), life, now.plus(ofMillis(1)), bid.lease())).role())
        .as("of a bid that is not said yet")
        .isEqualTo(Role.STANDBY);
  }

  @Test
  void aVoteThatIsReplayedToWhoAsksForNothingIsNotKept() {
    Assembly pair = pairServedByAlpha();
    View bravo = pair.of(BRAVO).state().view();
    var bid = new Bid(new Term(1), bravo.election().life(), bravo.lastInput(), ofSeconds(2));

    State told = told(pair, BRAVO, bid);

    assertThat(told.view().election().answers().keySet()).doesNotContain(WITNESS);
  }

  @Test
  void aVoterThatLostItsDiskAsksTheOthersBeforeItVotes() {
    Assembly pair = pairServedByAlpha();

    pair.of(WITNESS).cutPower();
    pair.of(WITNESS).loseDisk();
    pair.cut(BRAVO);
    pair.of(WITNESS).boot();
    pair.run(ofSeconds(8));

    assertThat(pair.of(WITNESS).state().durable().vote())
        .as("it has not heard bravo" + pair.log())
        .isEmpty();
    pair.heal();
    pair.run(ofSeconds(5));
    assertThat(pair.of(WITNESS).state().durable().vote()).isPresent();
  }

  @Test
  void aWitnessWithoutMemorySupportsTheHolderAgain() {
    Assembly pair = pairServedByAlpha();

    pair.of(WITNESS).cutPower();
    pair.of(WITNESS).loseDisk();
    pair.of(WITNESS).boot();
    pair.run(ofSeconds(5));
    pair.of(BRAVO).cutPower();
    pair.run(ofSeconds(20));

    assertThat(pair.serving()).as(pair.log()).containsExactly(ALPHA);
    assertThat(pair.of(ALPHA).state().durable().reign()).isEqualTo(new Term(1));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void underAnyFaultsNoTwoServeAndAfterThemOneDoes(int share) {
    for (int i = 0; i < 100; i++) {
      long seed = 1_000L * share + i;
      var members = seed % 2 == 0 ? Assembly.pairWithWitness() : Assembly.three();
      var voters = new Electorate(new TreeSet<>(members.keySet()), 10);
      var world = new Assembly(members, new MajorityArbiter(voters), seed).boot();

      Havoc.wreak(world, ofSeconds(200));

      Havoc.heal(world);
      world.run(ofSeconds(60));
      assertThat(world.serving()).as("seed " + seed + world.log()).hasSize(1);
    }
  }
}
