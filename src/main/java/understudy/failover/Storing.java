package understudy.failover;

import java.util.Optional;
import understudy.failover.Arbiter.Granting;
import understudy.failover.Election.Answer;
import understudy.failover.Election.StoreView;
import understudy.failover.Input.RegisterFailed;
import understudy.failover.Input.RegisterSeen;
import understudy.failover.Input.RegisterWritten;
import understudy.time.Moment;

/**
 * The part of every step that is about the key in the store.
 *
 * <p>The holder renews the key by compare-and-set; its mandate lasts a lease, less the drift, from
 * when it sent the last write that was taken. Another takes it only when the version that it saw
 * did not change for one lease on its own clock, again by compare-and-set. So the store's clock,
 * its sessions and stale reads decide nothing.
 */
final class Storing {
  private Storing() {}

  static void see(Turn turn, RegisterSeen seen) {
    StoreView store = turn.view.election().store();
    boolean same =
        store.key().filter(key -> key.version() == seen.register().version()).isPresent();
    Moment since = same ? store.since() : turn.at;
    hearOfHolder(turn, seen.register(), !same);
    keep(
        turn,
        new StoreView(
            Optional.of(seen.register()), since, store.held(), store.dueAt(), Optional.empty()));
    askSoon(turn);
    if (wasAwayForLong(turn, store)) {
      turn.situation
          .watching()
          .ifPresent(watch -> Watching.keep(turn, Watching.seekAnew(turn, watch)));
    }
  }

  /**
   * Another node has the key, in a term that need not have been heard of.
   *
   * @param isNews the key may have been renewed since it was looked at last, if ever
   */
  private static void hearOfHolder(Turn turn, Register key, boolean isNews) {
    if (key.holder().isEmpty() || key.isHeldBy(turn.policy.self())) {
      return;
    }
    if (key.term().isAfter(turn.durable.term())) {
      turn.durable = turn.durable.withTerm(key.term());
      turn.view = turn.view.holdingUnheard(key.holder().get(), turn.timing.suspicion(), turn.at);
    }
    if (isNews) {
      turn.view = turn.view.servedUnheard(turn.at);
    }
  }

  /** So long that who sought the key stepped behind; a write alone that fails is no absence. */
  private static boolean wasAwayForLong(Turn turn, StoreView before) {
    return before
        .away()
        .filter(away -> turn.isDue(away.since().plus(turn.timing.primaryTimeout())))
        .isPresent();
  }

  static void written(Turn turn, RegisterWritten written) {
    Election election = turn.view.election();
    StoreView store = election.store();
    Register key = written.register();
    boolean counts =
        key.isHeldBy(turn.policy.self())
            && !key.released()
            && !written.askedAt().isAfter(turn.at)
            && election
                .candidacy()
                .filter(wish -> !written.askedAt().isBefore(wish.since()))
                .isPresent();
    Optional<Answer> held =
        counts
            ? Optional.of(new Answer(key.term(), written.askedAt()))
            : store.held().filter(_ -> !key.released());
    keep(turn, new StoreView(Optional.of(key), turn.at, held, store.dueAt(), Optional.empty()));
  }

  static void failed(Turn turn, RegisterFailed failed) {
    keep(turn, turn.view.election().store().away(turn.at, failed.evidence()));
  }

  private static void keep(Turn turn, StoreView store) {
    turn.view = turn.view.withElection(turn.view.election().storing(store));
  }

  /** What was just read may show that the key can be taken: the next ask need not wait. */
  private static void askSoon(Turn turn) {
    if (turn.view.election().candidacy().isPresent() && mayTake(turn)) {
      dueAt(turn, turn.at);
    }
  }

  private static void dueAt(Turn turn, Moment moment) {
    keep(turn, turn.view.election().store().askedAgainAt(moment));
  }

  /** The latest term that was seen in the store. */
  static Term latest(Turn turn) {
    return turn.view.election().store().key().map(Register::term).orElse(Term.NONE);
  }

  /** The term stands in the store for another node, or a later one does. */
  static boolean isSpent(Turn turn, Term term) {
    return turn.view
        .election()
        .store()
        .key()
        .filter(
            key ->
                key.term().isAfter(term)
                    || (key.term().equals(term) && !key.isHeldBy(turn.policy.self())))
        .isPresent();
  }

  /** A bid of a store is asked as often as a heartbeat is said; others only look. */
  static void ask(Turn turn) {
    if (turn.isFencing()) {
      return;
    }
    release(turn);
    StoreView store = turn.view.election().store();
    boolean first = turn.seeks && turn.viewBefore().election().candidacy().isEmpty();
    if (!first && !turn.isDue(store.dueAt())) {
      return;
    }
    dueAt(turn, turn.in(turn.timing.interval()));
    boolean writes =
        turn.view.election().candidacy().isPresent() && mayTake(turn) && store.away().isEmpty();
    turn.act(
        writes
            ? new Effect.WriteRegister(
                Register.held(
                    turn.policy.self(),
                    Voting.term(turn),
                    store.key().map(Register::version).orElse(0L)))
            : new Effect.ReadRegister());
  }

  /** Its own since ever, let go for this node, or not renewed for a whole lease. */
  static boolean mayTake(Turn turn) {
    StoreView store = turn.view.election().store();
    NodeName self = turn.policy.self();
    return isFree(turn)
        && store
            .key()
            .filter(
                key ->
                    key.isReleasedTo(self)
                        || key.isHeldBy(self)
                        || turn.isDue(store.since().plus(turn.timing.lease())))
            .isPresent();
  }

  /** With failsafe, a node that promised to keep another serving takes nothing meanwhile. */
  private static boolean isFree(Turn turn) {
    boolean failsafe =
        turn.policy.arbiter().granting() instanceof Granting.Stored(_, var nodes)
            && nodes.isPresent();
    Election.Promise promise = turn.view.election().promise();
    return !failsafe
        || promise
            .ballot()
            .filter(ballot -> ballot.to().equals(turn.policy.self()))
            .filter(_ -> !turn.isDue(promise.until()))
            .isPresent();
  }

  /** Has stopped, in the same life that held it: the next one need not wait. */
  private static void release(Turn turn) {
    StoreView store = turn.view.election().store();
    boolean lets =
        store.held().isPresent()
            && !turn.isHolding()
            && turn.view.election().candidacy().isEmpty()
            && store.key().filter(key -> key.isHeldBy(turn.policy.self())).isPresent();
    if (!lets) {
      return;
    }
    keep(turn, store.heldBy(Optional.empty()));
    turn.act(
        new Effect.WriteRegister(
            store.key().orElseThrow().release(turn.durable.offer().map(Durable.Offer::to))));
  }
}
