package understudy.failover;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static understudy.failover.Assembly.ALPHA;
import static understudy.failover.Assembly.BRAVO;

import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import understudy.failover.arbiter.LeaseArbiter;
import understudy.time.Moment;

/** What becomes of pairs whose mandate is a key in a store. */
final class LeaseTest {
  private static LeaseArbiter arbiter(boolean failsafe) {
    var nodes = new Electorate(new TreeSet<>(Assembly.pair().keySet()), 10);
    return new LeaseArbiter(10, failsafe ? Optional.of(nodes) : Optional.empty());
  }

  private static Assembly servedByAlpha(boolean failsafe) {
    Assembly pair = new Assembly(Assembly.pair(), arbiter(failsafe), 7).boot().run(ofSeconds(10));
    assertThat(pair.serving()).as(pair.log()).containsExactly(ALPHA);
    return pair;
  }

  @Test
  void thePrimaryTakesTheKeyWithItsTermAsToken() {
    Assembly pair = servedByAlpha(false);

    Register key = pair.key();
    assertThat(key.holder()).contains(ALPHA);
    assertThat(key.term()).isEqualTo(pair.of(ALPHA).state().durable().reign());
  }

  @Test
  void theStandbyTakesTheKeyThatIsNotRenewedAnyMore() {
    Assembly pair = servedByAlpha(false);
    Term before = pair.key().term();

    pair.of(ALPHA).cutPower();
    pair.run(ofMillis(4200));

    assertThat(pair.serving()).as(pair.log()).containsExactly(BRAVO);
    assertThat(pair.key().term().isAfter(before)).isTrue();
  }

  @Test
  void aCutBetweenTheNodesAloneChangesNothing() {
    Assembly pair = servedByAlpha(false);

    pair.only((_, _) -> false);
    pair.run(ofSeconds(60));

    assertThat(pair.serving()).as(pair.log()).containsExactly(ALPHA);
  }

  @Test
  void whoReturnsAloneLearnsFromTheStoreThatItsDataIsOld() {
    Assembly pair = servedByAlpha(false);
    pair.of(ALPHA).cutPower();
    pair.run(ofSeconds(10));
    assertThat(pair.serving()).as(pair.log()).containsExactly(BRAVO);

    pair.of(BRAVO).cutPower();
    pair.of(ALPHA).boot();
    pair.run(ofSeconds(60));

    assertThat(pair.serving()).as(pair.log()).isEmpty();
  }

  @Test
  void whoDoesNotHearTheActiveLearnsFromTheStoreThatItServesOn() {
    Assembly pair = servedByAlpha(false);

    pair.only((_, _) -> false);
    pair.run(ofSeconds(60));

    State bravo = pair.of(BRAVO).state();
    Moment known = bravo.view().servedUnheardUntil().orElseThrow();
    assertThat(known.until(pair.of(BRAVO).clock())).as(pair.log()).isLessThan(ofSeconds(1));
  }

  /** The first thing that a new daemon reads in the store is no older than its reading. */
  @Test
  void whoReadsTheKeyLateDoesNotKnowForHowLongItWasRenewed() {
    Assembly pair = servedByAlpha(false);
    pair.storeOnlyFor(ALPHA);
    pair.of(BRAVO).kill();
    pair.of(BRAVO).boot();
    pair.run(ofSeconds(5));
    pair.of(ALPHA).cutPower();
    pair.run(ofSeconds(30));

    pair.store(true);
    pair.run(ofSeconds(1));

    State bravo = pair.of(BRAVO).state();
    Moment known = bravo.view().servedUnheardUntil().orElseThrow();
    assertThat(known.until(pair.of(BRAVO).clock())).as(pair.log()).isLessThan(ofMillis(1500));
  }

  @Test
  void theHolderFreezesWhenTheStoreIsDownAndServesAgainWhenItIsBack() {
    Assembly pair = servedByAlpha(false);

    pair.store(false);
    pair.run(ofMillis(2600));
    assertThat(pair.serving()).as(pair.log()).isEmpty();
    pair.run(ofSeconds(60));
    assertThat(pair.serving()).as(pair.log()).isEmpty();
    pair.store(true);
    pair.run(ofSeconds(8));

    assertThat(pair.serving()).as(pair.log()).hasSize(1);
  }

  /** They take turns while the store is down, so at some time it is the turn of who reaches it. */
  @Test
  void whoCannotReachTheStoreIsNotWaitedFor() {
    for (int seconds = 1; seconds <= 30; seconds++) {
      Assembly pair = servedByAlpha(false);
      pair.store(false);
      pair.run(ofSeconds(seconds));

      pair.storeOnlyFor(BRAVO);
      pair.run(ofSeconds(20));

      assertThat(pair.serving()).as("after " + seconds + pair.log()).containsExactly(BRAVO);
    }
  }

  /** To read is no proof that the store is back: it would be let go first for ever. */
  @Test
  void whoCanReadTheKeyAndNotWriteItIsNotWaitedFor() {
    Assembly pair = servedByAlpha(false);

    pair.storeOnlyReadBy(ALPHA);
    pair.run(ofSeconds(20));

    assertThat(pair.serving()).as(pair.log()).containsExactly(BRAVO);
  }

  @Test
  void withFailsafeTheHolderGoesOnWhileAllNodesKeepAway() {
    Assembly pair = servedByAlpha(true);

    pair.store(false);
    pair.run(ofSeconds(60));
    assertThat(pair.serving()).as(pair.log()).containsExactly(ALPHA);
    pair.cut(BRAVO);
    pair.run(ofSeconds(4));

    assertThat(pair.serving()).as("not all are in touch" + pair.log()).isEmpty();
  }

  @Test
  void aSwitchoverDoesNotWaitForALease() {
    Assembly pair = servedByAlpha(false);

    pair.of(ALPHA).ask(new Request.Switchover(false, false, Optional.of(BRAVO)));
    pair.run(ofMillis(1800));

    assertThat(pair.serving()).as(pair.log()).containsExactly(BRAVO);
  }

  @Test
  void forceTakesNothingFromTheStore() {
    Assembly pair = servedByAlpha(false);

    pair.only((_, _) -> false);
    pair.of(BRAVO).ask(new Request.Promote(true));
    pair.run(ofSeconds(20));

    assertThat(pair.serving()).as(pair.log()).containsExactly(ALPHA);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void underAnyFaultsNoTwoServeAndAfterThemOneDoes(int share) {
    for (int i = 0; i < 150; i++) {
      long seed = 1_000L * share + i;
      var world = new Assembly(Assembly.pair(), arbiter(share == 1), seed).boot();

      Havoc.wreak(world, ofSeconds(200));

      Havoc.heal(world);
      world.run(ofSeconds(60));
      assertThat(world.serving()).as("seed " + seed + world.log()).hasSize(1);
    }
  }
}
