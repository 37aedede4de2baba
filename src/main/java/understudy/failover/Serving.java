package understudy.failover;

import java.util.Optional;
import understudy.failover.Effect.Gate;
import understudy.failover.Effect.Reply;
import understudy.failover.Heartbeat.Progress;
import understudy.failover.Heartbeat.Stage;
import understudy.failover.Input.Asked;
import understudy.failover.Situation.Active;
import understudy.failover.Situation.Preparing;
import understudy.failover.Situation.StopCause.HandingOver;
import understudy.failover.Situation.Stopping;
import understudy.time.Moment;

/** What the active node does. */
final class Serving {
  private Serving() {}

  static void step(Turn turn, Active active, Input input) {
    if (Holding.yieldsToAnother(turn) || Holding.losesMandate(turn, active.mandateUntil())) {
      abandon(turn, active, Rule.MANDATE_LOST);
      Operators.tooLate(turn, input);
      return;
    }
    outlive(turn);
    switch (input) {
      case Input.Tick _,
          Input.Heard _,
          Input.Probed _,
          Input.RegisterSeen _,
          Input.RegisterWritten _,
          Input.RegisterFailed _ ->
          hold(turn, active, input);
      case Asked asked -> Operators.askActive(turn, active, asked);
      // News that change nothing while serving, and late answers of an earlier role.
      case Input.DataStands _,
          Input.Fitness _,
          Input.PeerFenced _,
          Input.Glimpsed _,
          Input.DataSettled _,
          Input.Synced _,
          Input.ResourcesStarted _,
          Input.StartFailed _,
          Input.ResourcesStopped _,
          Input.StopFailed _ -> {}
    }
  }

  /** Somebody took a later term and serves no more: go on, above it. */
  private static void outlive(Turn turn) {
    boolean outlived = turn.durable.term().isAfter(turn.durable.reign());
    Term given = turn.durable.term();
    if (turn.provesItself() && outlived && new Neighbours(turn).mayAnyHoldUnheard()) {
      return; // of two that do not hear each other, each would go above the other at once
    }
    if (turn.provesItself() && outlived) {
      turn.durable = turn.durable.servingOn(given.next());
      turn.tell(Rule.OUTLIVED, "term " + given + " was given up");
    } else if (outlived || Voting.isStale(turn) || Voting.term(turn).isAfter(given)) {
      goOnIfGranted(turn, outlived ? given.next() : given);
    }
  }

  /** What was granted before lasts meanwhile: all of it binds the voters to this node. */
  private static void goOnIfGranted(Turn turn, Term wanted) {
    if (Voting.wins(turn, wanted)) {
      Term before = turn.durable.reign();
      turn.durable = turn.durable.servingOn(Voting.term(turn));
      turn.tell(Rule.OUTLIVED, "voters can support term " + Voting.term(turn) + ", not " + before);
    }
  }

  private static void hold(Turn turn, Active before, Input input) {
    var neighbours = new Neighbours(turn);
    boolean suspected = neighbours.isAnySilent();
    if (suspected != before.peerSuspected()) {
      turn.tell(
          suspected ? Rule.PEER_IS_SILENT : Rule.PEER_IS_BACK,
          suspected ? neighbours.silent().toString() : "in touch with all");
      if (!suspected) {
        // Whoever answered for the address meanwhile may be in the neighbours' caches.
        turn.act(new Effect.Announce());
      }
    }
    if (input instanceof Input.Heard(_, Heartbeat heard) && heard.mayServe()) {
      turn.act(new Effect.Announce());
    }
    Moment renewable = turn.mandateUntil();
    Holding.probeWhenInDoubt(turn, renewable);
    Moment until = Moment.laterOf(before.mandateUntil(), renewable);
    var active = new Active(until, suspected, before.preparing());
    turn.situation = active;
    turn.act(new Effect.Extend(until, Holding.gate(turn)));
    active.preparing().ifPresent(preparing -> prepare(turn, active, preparing, neighbours));
  }

  private static void prepare(
      Turn turn, Active active, Preparing preparing, Neighbours neighbours) {
    Optional<Heartbeat> target = neighbours.heard(preparing.target());
    Optional<Progress> progress =
        target
            .flatMap(Heartbeat::progress)
            .filter(p -> p.operation() == preparing.operation() && p.stage() == Stage.PREPARE);
    if (target.isEmpty()) {
      giveUp(turn, active, preparing, preparing.target() + " is silent");
    } else if (progress.filter(Progress::failed).isPresent()) {
      giveUp(turn, active, preparing, "the bulk sync failed on " + preparing.target());
    } else if (turn.isDue(preparing.deadline())) {
      giveUp(turn, active, preparing, "the bulk sync took too long");
    } else if (preparing.sync()
        ? progress.filter(Progress::done).isPresent()
        : isHeardSinceAsked(turn, preparing)) {
      stopService(turn, active, preparing);
    }
  }

  /** Who was cut off a moment ago is not silent yet: for nobody the service would be stopped. */
  private static boolean isHeardSinceAsked(Turn turn, Preparing preparing) {
    Moment asked = preparing.deadline().minus(turn.timing.prepareWithin());
    return turn.view.of(preparing.target()).heardAt().filter(asked::isBefore).isPresent();
  }

  /** Nothing was stopped yet: going on is all there is to do. */
  static void giveUp(Turn turn, Active active, Preparing preparing, String why) {
    turn.situation = new Active(active.mandateUntil(), active.peerSuspected(), Optional.empty());
    turn.tell(Rule.ROLLED_BACK, why);
    turn.answer(
        preparing.operation(),
        new Reply.Failed(
            Rule.ROLLED_BACK, why + "; " + turn.policy.self() + " never stopped serving"));
  }

  /** This node stops serving for another reason. */
  static void abandon(Turn turn, Active active, Rule why) {
    active
        .preparing()
        .ifPresent(
            p -> turn.answer(p.operation(), new Reply.Failed(why, "stopped serving meanwhile")));
  }

  private static void stopService(Turn turn, Active active, Preparing preparing) {
    var cause =
        new HandingOver(
            preparing.operation(),
            preparing.target(),
            preparing.sync(),
            Optional.empty(),
            active.mandateUntil());
    turn.situation =
        new Stopping(cause, turn.in(turn.timing.stopWithin().plus(turn.timing.syncWithin())));
    turn.act(new Effect.Extend(active.mandateUntil(), Gate.HOLD));
    turn.act(new Effect.StopResources());
    turn.tell(Rule.HOLDS_CLIENTS, "to " + preparing.target());
    turn.answer(preparing.operation(), new Reply.Underway("clients held, stopping the service"));
  }
}
