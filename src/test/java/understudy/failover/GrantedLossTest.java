package understudy.failover;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static understudy.failover.LossTest.changed;
import static understudy.failover.LossTest.maxLoss;
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
import java.util.Set;
import org.junit.jupiter.api.Test;
import understudy.failover.Heartbeat.Stage;
import understudy.failover.arbiter.LeaseArbiter;
import understudy.failover.arbiter.MajorityArbiter;
import understudy.time.Moment;

/** Where others grant the mandate: what they say of who served while this node heard nothing. */
class GrantedLossTest {
  private static final NodeName WITNESS = new NodeName("witness");
  private static final Arbiter MAJORITY =
      new MajorityArbiter(new Electorate(Set.of(ALPHA, BRAVO, REMOTE, WITNESS), 10));
  private static final Arbiter LEASE = new LeaseArbiter(10, Optional.empty());

  private static Policy by(Arbiter arbiter, Policy p) {
    return new Policy(
        p.self(),
        p.designation(),
        p.peers(),
        p.timing(),
        arbiter,
        p.onFailure(),
        p.connectivityTested(),
        p.maxLoss(),
        p.version());
  }

  /** Alpha, which had served in term 2 before remote fell silent; bravo is in touch. */
  private static Scene besideSilentRemote(Arbiter arbiter) {
    Policy asks = withRemote(changed(Optional.empty(), OnFailure.ASK).apply(policy(ALPHA)));
    return Scene.booted(by(arbiter, asks), reignedIn(2))
        .hears(says(REMOTE).standby(2))
        .accompaniedBy(says(BRAVO).standby(2).unready())
        .passes(ofSeconds(20));
  }

  @Test
  void remoteNodeThatIsSilentMayHaveServedInATermThatNobodyHeardIsKnownToHaveHad() {
    var alpha = besideSilentRemote(MAJORITY);
    assertThat(alpha.watch().blockedBy()).containsExactly(Rule.NO_MAJORITY);

    alpha.accompaniedBy(says(BRAVO).standby(4).unready()).passes(ofSeconds(10));

    assertIsHeldBackBy(alpha, Rule.ASKS_FIRST);
  }

  @Test
  void remoteNodeThatHeldTheKeyMayHaveServed() {
    var alpha = besideSilentRemote(LEASE);
    var held = new Register(Optional.of(REMOTE), new Term(4), false, Optional.empty(), 9);

    alpha.feeds(at -> new Input.RegisterSeen(at, held)).passes(ofSeconds(10));

    assertIsHeldBackBy(alpha, Rule.ASKS_FIRST);
  }

  @Test
  void whoIsKnownToHaveHadTheTermClearsTheOthers() {
    var alpha = besideSilentRemote(MAJORITY).hears(says(BRAVO).standby(4)).passes(ofSeconds(1));
    assertThat(alpha.state().view().of(REMOTE).mayHold()).isTrue();

    alpha.hears(says(BRAVO).standby(4, 4).unwilling()).passes(ofSeconds(1));

    assertThat(alpha.state().view().of(REMOTE).mayHold()).isFalse();
  }

  /** A planned move does not wait for a remote node that is off. */
  @Test
  void termThatIsOfferedToThisNodeWasTakenByNobody() {
    var bravo =
        Scene.booted(by(MAJORITY, withRemote(policy(BRAVO))), Durable.FRESH)
            .hears(says(REMOTE).standby(5))
            .accompaniedBy(says(ALPHA).active(5))
            .passes(ofSeconds(20));

    bravo.hears(says(ALPHA).standby(6, 5).wanting(7, BRAVO, Stage.RELEASED, 6));
    assertThat(bravo.state().view().of(REMOTE).mayHold()).isFalse();

    bravo.hears(says(ALPHA).standby(7, 5).wanting(8, REMOTE, Stage.RELEASED, 7));
    assertThat(bravo.state().view().of(REMOTE).mayHold()).isTrue();
  }

  /** Alpha served in term 5, and returns; a witness says that it voted in term 6. */
  private static Scene returns(Optional<NodeName> supported, Scene.Says bravo) {
    var alpha =
        Scene.booted(
            by(MAJORITY, maxLoss(policy(ALPHA))), reignedIn(5), new Standing.Undated("h1"));
    var bid = new Bid(new Term(6), 4711, new Moment(0), Duration.ofSeconds(2));
    var votes =
        new Votes(1, Optional.empty(), supported.map(to -> new Ballot(to, bid)), new Term(6));
    return alpha
        .hears(bravo)
        .feeds(at -> new Input.Heard(at, says(WITNESS).standby(5).votes(votes).heartbeat()));
  }

  private static Scene returnsAlone(Optional<NodeName> supported) {
    return returns(supported, says(BRAVO).standby(5)).passes(ofSeconds(4));
  }

  @Test
  void whoReignedLastIsNotSureOfItsDataWhenAVoterSupportedAnotherSince() {
    assertIsHeldBackBy(returnsAlone(Optional.of(BRAVO)), Rule.TOO_MUCH_LOSS);
    assertIsHeldBackBy(returnsAlone(Optional.empty()), Rule.TOO_MUCH_LOSS);
  }

  @Test
  void aVoteForItselfSaysNothing() {
    assertThat(returnsAlone(Optional.of(ALPHA)).watch().blockedBy())
        .containsExactly(Rule.NO_MAJORITY);
  }

  @Test
  void aVoteForOneThatIsHeardToHaveHadNoReignSaysNothing() {
    var alpha = returns(Optional.of(BRAVO), says(BRAVO).standby(5));

    assertThat(Loss.wasWeighed(turn(alpha))).isTrue();
    assertThat(Loss.wasWeighed(turn(alpha.passes(ofSeconds(4))))).as("silent").isFalse();
  }

  private static Turn turn(Scene scene) {
    return new Turn(by(MAJORITY, maxLoss(policy(ALPHA))), scene.state(), scene.now());
  }
}
