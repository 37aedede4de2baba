package understudy.failover;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static understudy.failover.Scene.ALPHA;
import static understudy.failover.Scene.BRAVO;
import static understudy.failover.Scene.policy;

import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A standby with a fence command: its silent active node must be switched off first. */
class FenceTest {
  private static final Effect FENCES = new Effect.FencePeer(ALPHA);

  private static Scene silentPeer() {
    return Scene.standby(policy(BRAVO).fencingFirst()).passes(ofSeconds(20));
  }

  private static long attempts(Scene scene) {
    return scene.effects().stream().filter(FENCES::equals).count();
  }

  private static void ends(Scene scene, Optional<String> trouble) {
    scene.feeds(at -> new Input.PeerFenced(at, ALPHA, trouble));
  }

  @Test
  void nothingIsClaimedWhileTheCommandRunsAndItRunsOnce() {
    var bravo = silentPeer();

    assertThat(bravo.role()).isEqualTo(Role.STANDBY);
    assertThat(bravo.term()).isEqualTo(new Term(5));
    assertThat(attempts(bravo)).isOne();
    assertThat(bravo.watch().blockedBy()).containsExactly(Rule.FENCE_FIRST);
  }

  @Test
  void successIsFollowedByTheTakeoverAtOnce() {
    var bravo = silentPeer();

    ends(bravo, Optional.empty());

    assertThat(bravo.role()).isEqualTo(Role.STARTING);
    assertThat(bravo.last().evidence()).contains("alpha is switched off");
  }

  @Test
  void failureHoldsTheTakeoverBackAndIsTriedAgainAfterAWhile() {
    var bravo = silentPeer();

    ends(bravo, Optional.of("no answer of the board"));
    assertThat(bravo.role()).isEqualTo(Role.STANDBY);
    bravo.passes(ofMillis(500));
    assertThat(bravo.watch().blockedBy()).containsExactly(Rule.FENCE_FAILED);
    assertThat(attempts(bravo)).isOne();

    bravo.passes(ofSeconds(4));
    assertThat(attempts(bravo)).isEqualTo(2);
    assertThat(bravo.role()).isEqualTo(Role.STANDBY);

    ends(bravo, Optional.empty());
    assertThat(bravo.role()).isEqualTo(Role.STARTING);
  }

  @Test
  void nothingIsFencedWhileAnythingElseForbidsTheTakeover() {
    var bravo =
        Scene.standby(policy(BRAVO).fencingFirst())
            .network(false, View.Service.SILENT)
            .passes(ofSeconds(20));

    assertThat(attempts(bravo)).isZero();
    assertThat(bravo.watch().blockedBy()).contains(Rule.ISOLATED);
  }

  @Test
  void peerThatSpeaksUpIsLeftAloneAndASuccessBeforeThatCountsNoMore() {
    var bravo = silentPeer();
    bravo.hears(Scene.says(ALPHA).active(5));
    ends(bravo, Optional.empty());
    bravo.hears(Scene.says(ALPHA).active(5));
    assertThat(bravo.role()).isEqualTo(Role.STANDBY);

    bravo.passes(ofSeconds(20));

    assertThat(attempts(bravo)).isEqualTo(2);
    assertThat(bravo.role()).isEqualTo(Role.STANDBY);
  }

  private static Scene cancelledAfterAFailureOfLongAgo() {
    var bravo = silentPeer();
    ends(bravo, Optional.of("no answer of the board"));
    bravo.asks(1, new Request.Cancel()).passes(ofSeconds(4));
    assertThat(attempts(bravo)).isOne();
    return bravo;
  }

  @Test
  void promotionIsJudgedByTheCommandOfNowAndNotByAFailureOfLongAgo() {
    var bravo = cancelledAfterAFailureOfLongAgo();

    bravo.asks(2, new Request.Promote(false)).passes(ofMillis(500));
    assertThat(attempts(bravo)).isEqualTo(2);
    assertThat(bravo.isRefused(2, Rule.FENCE_FAILED)).isFalse();

    ends(bravo, Optional.empty());
    assertThat(bravo.role()).isEqualTo(Role.STARTING);
    assertThat(bravo.last().rule()).isEqualTo(Rule.PROMOTED);
  }

  @Test
  void promotionIsNotRefusedForAFailureOfRightBefore() {
    var bravo = silentPeer();
    ends(bravo, Optional.of("no answer of the board"));

    bravo.asks(1, new Request.Promote(false)).passes(ofMillis(500));
    assertThat(attempts(bravo)).isEqualTo(2);

    ends(bravo, Optional.empty());
    assertThat(bravo.last().rule()).isEqualTo(Rule.PROMOTED);
  }

  @Test
  void aNodeThatCannotSaveItsStateFencesNobody() {
    var bravo = Scene.standby(policy(BRAVO).fencingFirst()).disk(true).passes(ofSeconds(8));

    assertThat(attempts(bravo)).isZero();
    assertThat(bravo.watch().blockedBy()).containsExactly(Rule.NOT_SAVED);
  }

  @Test
  void promotionWaitsForTheEndOfACommandThatTakesLong() {
    var bravo = silentPeer();

    bravo.asks(1, new Request.Promote(false)).passes(ofSeconds(25));
    assertThat(bravo.isRefused(1, Rule.FENCE_FIRST)).isFalse();

    ends(bravo, Optional.empty());
    assertThat(bravo.last().rule()).isEqualTo(Rule.PROMOTED);
  }

  @Test
  void promotionForWhichTheCommandFailsAgainIsRefused() {
    var bravo = cancelledAfterAFailureOfLongAgo();

    bravo.asks(2, new Request.Promote(false)).passes(ofMillis(500));
    ends(bravo, Optional.of("still no answer"));

    assertThat(bravo.isRefused(2, Rule.FENCE_FAILED)).isTrue();
    assertThat(bravo.role()).isEqualTo(Role.STANDBY);
    bravo.passes(ofSeconds(20));
    assertThat(attempts(bravo)).isEqualTo(2);
  }
}
