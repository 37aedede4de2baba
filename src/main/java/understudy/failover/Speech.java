package understudy.failover;

import java.time.Duration;
import java.util.Optional;
import understudy.failover.Heartbeat.Handover;
import understudy.failover.Heartbeat.Progress;
import understudy.failover.Heartbeat.Stage;
import understudy.failover.Situation.Active;
import understudy.failover.Situation.Detached;
import understudy.failover.Situation.Frozen;
import understudy.failover.Situation.Standby;
import understudy.failover.Situation.Starting;
import understudy.failover.Situation.StopCause;
import understudy.failover.Situation.Stopping;
import understudy.failover.Situation.Witnessing;
import understudy.time.Moment;

/** What a node says about itself, drawn from its state alone. */
public final class Speech {
  private Speech() {}

  /** The heartbeat to send at {@code at}. */
  public static Heartbeat of(Policy policy, State state, Moment at) {
    return heartbeat(policy, state, lag(state, at), votes(policy, state, at));
  }

  private static Heartbeat heartbeat(
      Policy policy, State state, Optional<Duration> lag, Votes votes) {
    Durable durable = state.durable();
    View view = state.view();
    return new Heartbeat(
        policy.self(),
        durable.term(),
        state.role(),
        durable.reign(),
        durable.served(),
        isReady(view),
        durable.willing(),
        asks(state),
        isPaused(policy, durable),
        view.data().head(),
        lag,
        handover(state),
        progress(state.situation()),
        declined(state.situation()),
        policy.version(),
        votes);
  }

  private static boolean isReady(View view) {
    return view.data().isWhole() && view.fit();
  }

  /** Not beside a silent node: once that is heard, this one may go first and need nobody's yes. */
  private static boolean asks(State state) {
    return state
        .situation()
        .watching()
        .filter(watch -> watch.asksPerson() && watch.suspectedAt().isEmpty())
        .isPresent();
  }

  /** Both say the same, apart from what changes by the mere passing of time. */
  static boolean isTheSame(Policy policy, State one, State other) {
    return one.role() == other.role()
        && isTheSame(policy, one.durable(), other.durable())
        && isReady(one.view()) == isReady(other.view())
        && asks(one) == asks(other)
        && one.view().data().head().equals(other.view().data().head())
        && handover(one).equals(handover(other))
        && progress(one.situation()).equals(progress(other.situation()))
        && declined(one.situation()).equals(declined(other.situation()))
        && areTheSame(votesThen(policy, one), votesThen(policy, other));
  }

  private static boolean isTheSame(Policy policy, Durable one, Durable other) {
    return one.equals(other)
        || (one.term().equals(other.term())
            && one.reign().equals(other.reign())
            && one.served().equals(other.served())
            && one.willing() == other.willing()
            && isPaused(policy, one) == isPaused(policy, other));
  }

  /** It takes over nothing by itself. */
  private static boolean isPaused(Policy policy, Durable durable) {
    return durable.pause().isPresent() || PeerPin.of(policy, durable).isPresent();
  }

  private static Votes votesThen(Policy policy, State state) {
    return votes(policy, state, state.view().lastInput());
  }

  private static boolean areTheSame(Votes one, Votes other) {
    return one.life() == other.life()
        && one.voted().equals(other.voted())
        && one.bid().map(Bid::timeless).equals(other.bid().map(Bid::timeless))
        && one.ballot().map(Ballot::timeless).equals(other.ballot().map(Ballot::timeless));
  }

  /** A promise that is over is not told: it would look like one of now. */
  private static Votes votes(Policy policy, State state, Moment at) {
    return switch (policy.arbiter().granting()) {
      case Arbiter.Granting.Proven _ -> Votes.NONE;
      case Arbiter.Granting.Voted _, Arbiter.Granting.Stored _ -> {
        Election election = state.view().election();
        Election.Promise promise = election.promise();
        yield new Votes(
            election.life(),
            election.bid(at, policy.timing().lease()),
            promise.ballot().filter(_ -> at.isBefore(promise.until())),
            state.durable().vote().map(Durable.Vote::term).orElse(Term.NONE));
      }
    };
  }

  private static Optional<Duration> lag(State state, Moment at) {
    return state.view().data() instanceof Standing.Complete complete
        ? Optional.of(complete.freshAt().until(at))
        : Optional.empty();
  }

  private static Optional<Handover> handover(State state) {
    Durable durable = state.durable();
    Optional<Handover> released =
        durable
            .offer()
            .map(
                offer -> new Handover(offer.operation(), offer.to(), Stage.RELEASED, offer.term()));
    return switch (state.situation()) {
      case Active active ->
          active
              .preparing()
              .map(p -> new Handover(p.operation(), p.target(), Stage.PREPARE, durable.term()));
      case Stopping(StopCause.HandingOver h, _) when h.sync() && h.stoppedAt().isPresent() ->
          Optional.of(new Handover(h.operation(), h.target(), Stage.FINAL, durable.term()));
      case Standby _ -> released;
      case Stopping _, Starting _, Frozen _, Detached _, Witnessing _ -> Optional.empty();
    };
  }

  private static Optional<Progress> progress(Situation situation) {
    return situation.watching().flatMap(Watch::errand);
  }

  private static Optional<Term> declined(Situation situation) {
    return situation.watching().flatMap(Watch::declined);
  }
}
