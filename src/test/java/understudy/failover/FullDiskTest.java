package understudy.failover;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static understudy.failover.Scene.ALPHA;
import static understudy.failover.Scene.BRAVO;
import static understudy.failover.Scene.says;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import understudy.failover.Effect.Reply;
import understudy.failover.Heartbeat.Stage;
import understudy.failover.View.Service;

/** A node whose disk takes nothing: it claims nothing, goes on to speak and to hear, says why. */
class FullDiskTest {

  @Test
  void takesNothingOverAndSaysWhyOnce() {
    var bravo = Scene.standby().disk(true).passes(ofSeconds(20));

    assertThat(bravo.role()).isEqualTo(Role.STANDBY);
    assertThat(bravo.rules()).endsWith(Rule.NOT_SAVED).containsOnlyOnce(Rule.NOT_SAVED);
    assertThat(bravo.last().next().durable().term()).isEqualTo(new Term(5));
  }

  /** The word brings a later term, which cannot be saved: it is as old as any other. */
  @Test
  void theFirstWordAfterASilenceIsNotActedUponWhenThereIsRoomAgain() {
    var passive = says(ALPHA).standby(9, 5).unready();
    var bravo = Scene.standby().network(true, Service.ANSWERS).passes(ofMillis(3500));

    bravo.disk(true).hears(passive).disk(false).passes(ofMillis(200));
    assertThat(bravo.role()).isEqualTo(Role.STANDBY);

    bravo.accompaniedBy(passive).passes(ofMillis(2200));
    assertThat(bravo.role()).isEqualTo(Role.STARTING);
  }

  @Test
  void refusesAPromotionInTimeThatWasAskedForWhenThereWasRoom() {
    var bravo =
        Scene.standby().passes(ofMillis(2500)).asks(1, new Request.Promote(false)).disk(true);

    bravo.passes(ofSeconds(20));

    assertThat(bravo.isRefused(1, Rule.NOT_SAVED)).isTrue();
    assertThat(bravo.watch().approval()).isEmpty();
  }

  @Test
  void takesOverAtOnceWhenThereIsRoomAgain() {
    var bravo = Scene.standby().disk(true).passes(ofSeconds(20)).disk(false);

    bravo.passes(Scene.TICK.multipliedBy(2));

    assertThat(bravo.role()).isEqualTo(Role.STARTING);
  }

  @Test
  void goesOnToSpeakThoughEveryStepWouldNeedRoom() {
    var bravo = Scene.standby().disk(true).passes(ofSeconds(10));
    long before = beats(bravo);

    bravo.passes(ofSeconds(10));

    assertThat(beats(bravo) - before).isBetween(18L, 22L);
  }

  @Test
  void hearsWhoSpeaks() {
    var bravo = Scene.standby().passes(ofMillis(2500)).disk(true).hears(says(ALPHA).active(9));

    assertThat(bravo.state().view().of(ALPHA).last().orElseThrow().term()).isEqualTo(new Term(9));
    assertThat(bravo.last().next().durable().term()).isEqualTo(new Term(5));
    bravo.passes(ofMillis(400));
    assertThat(bravo.role()).isEqualTo(Role.STANDBY);
  }

  /** Only what it knows of others changes: its voice, its votes and its watch need no room. */
  @Test
  void goesOnWhenAnotherBeginsToServe() {
    var bravo = Scene.standby().hears(says(ALPHA).starting(6).servedIn(5)).disk(true);

    bravo.hears(says(ALPHA).active(6));

    assertThat(bravo.last().rule()).isNotEqualTo(Rule.NOT_SAVED);
    assertThat(bravo.state().durable().knownServed()).isEqualTo(new Term(6));
  }

  @Test
  void refusesWhatAPersonAsksFor() {
    var bravo = Scene.standby().disk(true).asks(4, new Request.Pause(Optional.empty(), ""));

    assertThat(bravo.replies(4).getLast()).isInstanceOf(Reply.Refused.class);
    assertThat(bravo.last().rule()).isEqualTo(Rule.NOT_SAVED);
  }

  /** That it serves must be remembered; nobody would tell it again that its resources run. */
  @Test
  void startThatCannotBeRememberedHasFailedAndSaysWhy() {
    var bravo = Scene.standby().passes(ofMillis(3800)).settles().disk(true).starts();

    assertThat(bravo.role()).isEqualTo(Role.STOPPING);
    assertThat(bravo.last().rule()).isEqualTo(Rule.START_FAILED);
    assertThat(bravo.last().evidence()).anyMatch(fact -> fact.contains("no space left"));
    assertThat(bravo.last().effects()).startsWith(new Effect.Fence(), new Effect.StopResources());
  }

  @Test
  void offerThatWaitedForRoomIsDeclined() {
    var bravo = Scene.standby().disk(true);
    for (int i = 0; i < 5; i++) {
      bravo.hears(says(ALPHA).standby(6, 5).wanting(7, BRAVO, Stage.RELEASED, 6));
      bravo.passes(ofMillis(500));
    }

    bravo.disk(false).hears(says(ALPHA).standby(6, 5).wanting(7, BRAVO, Stage.RELEASED, 6));

    assertThat(bravo.role()).isEqualTo(Role.STANDBY);
    assertThat(bravo.speech().declined()).contains(new Term(6));
  }

  @Test
  void sleepIsNoticedAllTheSame() {
    var bravo = Scene.standby().disk(true).sleeps(ofSeconds(5)).hears(says(ALPHA).active(9));

    assertThat(bravo.rules()).contains(Rule.TILT);
    assertThat(bravo.state().view().listenUntil()).isGreaterThan(bravo.state().view().lastInput());
  }

  private static long beats(Scene scene) {
    return scene.effects().stream().filter(Effect.Beat.class::isInstance).count();
  }
}
