package understudy.failover;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static understudy.failover.Scene.ALPHA;
import static understudy.failover.Scene.BRAVO;
import static understudy.failover.Scene.REMOTE;
import static understudy.failover.Scene.says;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import understudy.failover.arbiter.PeerArbiter;

/** The active node's service goes on while its daemon is away: nobody makes a second one of it. */
class PeerPinTest {
  private static final Instant LATER = Instant.parse("2026-11-22T12:00:00Z");
  private static final Request PINNED = new Request.Pinned(ALPHA, LATER);
  private static final Request OVER = new Request.Unpinned(ALPHA, Optional.empty());

  private static Scene besidePinned() {
    return Scene.standby().asks(1, PINNED).passes(ofSeconds(20));
  }

  @Test
  void silenceIsNoReasonToTakeOver() {
    Scene bravo = besidePinned();

    assertThat(bravo.isDone(1)).isTrue();
    assertThat(bravo.role()).isEqualTo(Role.STANDBY);
    assertThat(bravo.watch().blockedBy()).containsExactly(Rule.PEER_PINNED);
  }

  @Test
  void whoResumesAutomationHereDoesNotEndIt() {
    Scene bravo = besidePinned().asks(2, new Request.Resume()).passes(ofSeconds(20));

    assertThat(bravo.isDone(2)).isTrue();
    assertThat(bravo.replies(2).getLast().toString()).contains("alpha restarts its daemon");
    assertThat(bravo.role()).isEqualTo(Role.STANDBY);
  }

  @Test
  void aPauseThatEndsHereDoesNotEndIt() {
    Scene bravo =
        besidePinned()
            .asks(2, new Request.Pause(Optional.of(LATER), "a short one"))
            .asks(3, new Request.Resume())
            .passes(ofSeconds(20));

    assertThat(bravo.role()).isEqualTo(Role.STANDBY);
  }

  @Test
  void aPromotionIsRefusedAndForceGoesOverIt() {
    Scene bravo = besidePinned().asks(2, new Request.Promote(false)).passes(ofSeconds(1));
    assertThat(bravo.isRefused(2, Rule.PEER_PINNED)).isTrue();

    bravo.asks(3, new Request.Promote(true)).passes(ofMillis(500));
    assertThat(bravo.role()).isEqualTo(Role.STARTING);
    assertThat(bravo.state().durable().pinned()).isEmpty();
  }

  @Test
  void whenItIsOverTheSilenceCounts() {
    Scene bravo = besidePinned().asks(2, OVER).passes(ofMillis(500));

    assertThat(bravo.role()).isEqualTo(Role.STARTING);
  }

  @Test
  void theWordOfAnotherNodeEndsNothing() {
    Scene bravo =
        besidePinned().asks(2, new Request.Unpinned(REMOTE, Optional.empty())).passes(ofSeconds(1));

    assertThat(bravo.state().durable().pinned()).isPresent();
    assertThat(bravo.role()).isEqualTo(Role.STANDBY);
  }

  @Test
  void whoIsNoMemberAnyMoreIsNotWaitedFor() {
    Scene bravo =
        Scene.standby()
            .asks(1, new Request.Pinned(new NodeName("gone"), LATER))
            .passes(ofSeconds(20));

    assertThat(bravo.role()).isEqualTo(Role.STARTING);
  }

  @Test
  void nobodyTakesItOverThatSaysItIsStandbyEither() {
    Scene bravo =
        Scene.standby().asks(1, PINNED).hears(says(ALPHA).standby(5)).passes(ofMillis(500));

    assertThat(bravo.role()).isEqualTo(Role.STANDBY);
  }

  @Test
  void aSwitchoverWithoutThatNodeIsRefusedToo() {
    var wish = new Request.Switchover(true, true, Optional.empty());
    Scene bravo = besidePinned().asks(2, wish).passes(ofSeconds(1));

    assertThat(bravo.isRefused(2, Rule.PEER_PINNED)).isTrue();
  }

  @Test
  void onlyTheTimeThatRanOutEndsIt() {
    var again = new Request.Pinned(ALPHA, LATER.plusSeconds(60));
    Scene bravo =
        besidePinned().asks(2, again).asks(3, new Request.Unpinned(ALPHA, Optional.of(LATER)));

    assertThat(bravo.state().durable().pinned())
        .contains(new Durable.Pinned(ALPHA, LATER.plusSeconds(60)));
  }

  @Test
  void whoServesItselfDoesNotPromiseToLeaveTheOtherAlone() {
    Scene alpha = Scene.active().asks(1, new Request.Pinned(BRAVO, LATER));

    assertThat(alpha.isRefused(1, Rule.BUSY)).isTrue();
    assertThat(alpha.state().durable().pinned()).isEmpty();
  }

  @Test
  void itEndsWhenAThirdNodeServes() {
    var three =
        new Policy(
            BRAVO,
            Designation.SECONDARY,
            Map.of(ALPHA, Designation.PRIMARY, REMOTE, Designation.SECONDARY),
            Scene.TIMING,
            new PeerArbiter(),
            OnFailure.PROMOTE,
            true,
            Optional.empty(),
            "1");
    Scene bravo = Scene.standby(three).asks(1, PINNED).hears(says(ALPHA).active(5));
    assertThat(bravo.state().durable().pinned()).isPresent();

    bravo.hears(says(REMOTE).active(6));
    assertThat(bravo.state().durable().pinned()).isEmpty();
  }
}
