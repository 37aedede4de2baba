package understudy.failover;

import java.util.Optional;
import understudy.failover.Effect.Gate;
import understudy.failover.Effect.Reply;
import understudy.failover.Input.Asked;
import understudy.failover.Input.DataSettled;
import understudy.failover.Situation.Active;
import understudy.failover.Situation.Phase;
import understudy.failover.Situation.Starting;
import understudy.failover.Situation.StopCause;
import understudy.time.Moment;

/** What a node does between claiming the mandate and serving. */
final class Rising {
  private Rising() {}

  static void step(Turn turn, Starting starting, Input input) {
    if (Holding.yieldsToAnother(turn) || Holding.losesMandate(turn, starting.mandateUntil())) {
      turn.answer(
          starting.operation(),
          new Reply.Failed(Rule.SUPERSEDED, "lost the mandate while starting"));
      Operators.tooLate(turn, input);
      return;
    }
    if (turn.isDue(starting.deadline())) {
      fail(turn, starting, "not started within " + turn.timing.startWithin().toSeconds() + " s");
      Operators.tooLate(turn, input);
      return;
    }
    switch (input) {
      case Input.Tick _,
          Input.Heard _,
          Input.Probed _,
          Input.RegisterSeen _,
          Input.RegisterWritten _,
          Input.RegisterFailed _ ->
          renew(turn, starting);
      case DataSettled(_, Term term, Standing standing, var trouble)
          when term.equals(turn.durable.reign()) ->
          settled(turn, starting, standing, trouble);
      case Input.ResourcesStarted(_, Term term) when term.equals(turn.durable.reign()) ->
          serve(turn, starting);
      case Input.StartFailed(_, Term term, String evidence)
          when term.equals(turn.durable.reign()) ->
          fail(turn, starting, evidence);
      case Asked asked -> Operators.askStarting(turn, starting, asked);
      // Answers to effects of an earlier term, and news that change nothing while starting.
      case DataSettled _,
          Input.ResourcesStarted _,
          Input.StartFailed _,
          Input.DataStands _,
          Input.Fitness _,
          Input.PeerFenced _,
          Input.Glimpsed _,
          Input.Synced _,
          Input.ResourcesStopped _,
          Input.StopFailed _ -> {}
    }
  }

  private static void renew(Turn turn, Starting starting) {
    Phase phase = starting.phase();
    if (phase instanceof Phase.Fencing(var clearAt)) {
      phase = fence(turn, starting.cause(), clearAt);
    }
    var until = turn.mandateUntil(starting.mandateUntil());
    turn.situation =
        new Starting(phase, starting.cause(), starting.operation(), starting.deadline(), until);
    if (phase instanceof Phase.Resources) {
      turn.act(new Effect.Extend(until, Gate.SHUT));
    }
    Holding.probeWhenInDoubt(turn, turn.mandateUntil());
  }

  /** Over when all know of this term; else time must have made sure, and never beside a holder. */
  private static Phase fence(Turn turn, Rule cause, Moment clearAt) {
    var neighbours = new Neighbours(turn);
    claimAgainIfTaken(turn, neighbours);
    Term claimed = turn.durable.reign();
    Moment clear =
        neighbours.heldUntil().map(held -> Moment.laterOf(held, clearAt)).orElse(clearAt);
    boolean isOver =
        neighbours.allKnow(claimed)
            || (turn.isDue(clear) && (cause == Rule.FORCED || mayGoOnAlone(turn, neighbours)));
    if (!isOver) {
      turn.probeEvery(turn.timing.lookEvery());
      return new Phase.Fencing(clear);
    }
    turn.act(new Effect.SettleData(claimed));
    turn.tell(Rule.WAITS_FOR_FENCE, "no other node can hold an older mandate any more");
    return new Phase.Settling();
  }

  /** Only a term that nobody had before us can be answered: who knows it has heard our claim. */
  private static void claimAgainIfTaken(Turn turn, Neighbours neighbours) {
    Term claimed = turn.durable.reign();
    Term latest = turn.durable.term();
    boolean isTaken =
        latest.isAfter(claimed)
            || neighbours.passive().stream().anyMatch(peer -> peer.reign().equals(claimed));
    if (isTaken) {
      turn.durable = turn.durable.withReign(latest.next());
      turn.tell(Rule.OUTLIVED, "term " + latest + " was given up, claims " + latest.next());
    }
  }

  /** The others fell silent since the claim: now the same counts as for any takeover. */
  private static boolean mayGoOnAlone(Turn turn, Neighbours neighbours) {
    var claim = new Arbiter.Claim(turn.policy, turn.durable, turn.view, turn.at);
    return neighbours.othersAreOutOfPlay(turn.durable.reign())
        && (!neighbours.isAnySilent() || turn.policy.arbiter().blocks(claim).isEmpty());
  }

  private static void settled(
      Turn turn, Starting starting, Standing standing, Optional<String> trouble) {
    if (trouble.isPresent() || !standing.isWhole()) {
      turn.tell(Rule.NOT_WHOLE);
      fail(turn, starting, trouble.orElse(standing.toString()));
      return;
    }
    var until = turn.mandateUntil(starting.mandateUntil());
    turn.situation =
        new Starting(
            new Phase.Resources(),
            starting.cause(),
            starting.operation(),
            starting.deadline(),
            until);
    turn.act(new Effect.Extend(until, Gate.SHUT));
    turn.act(new Effect.StartResources(turn.durable.reign()));
    turn.tell(Rule.DATA_IS_WHOLE, standing.head().isEmpty() ? "no datasets" : standing.head());
    turn.answer(starting.operation(), new Reply.Underway("starting resources"));
  }

  private static void serve(Turn turn, Starting starting) {
    var until = turn.mandateUntil(starting.mandateUntil());
    turn.situation = new Active(until, false, Optional.empty());
    turn.durable = turn.durable.serving();
    turn.act(new Effect.Extend(until, Holding.gate(turn)));
    turn.act(new Effect.Announce());
    turn.tell(
        Rule.SERVES, "term " + turn.durable.reign(), "because " + starting.cause().sentence());
    turn.answer(starting.operation(), new Reply.Done("active in term " + turn.durable.reign()));
  }

  static void fail(Turn turn, Starting starting, String evidence) {
    turn.stop(
        new StopCause.StartFailed(turn.durable.reign(), starting.operation(), evidence),
        Rule.START_FAILED,
        evidence);
  }
}
