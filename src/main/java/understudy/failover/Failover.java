package understudy.failover;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import understudy.failover.Input.DataSettled;
import understudy.failover.Input.DataStands;
import understudy.failover.Input.Fitness;
import understudy.failover.Input.Heard;
import understudy.failover.Input.Probed;
import understudy.failover.Input.Synced;
import understudy.failover.Situation.Active;
import understudy.failover.Situation.Detached;
import understudy.failover.Situation.Frozen;
import understudy.failover.Situation.Standby;
import understudy.failover.Situation.Starting;
import understudy.failover.Situation.Stopping;
import understudy.failover.Situation.Witnessing;
import understudy.time.Moment;

/**
 * Decides, and does nothing else: the same state and input always give the same step. Sees no
 * clock, thread, file, socket or chance. The daemon, the simulator and the tests run this same
 * code.
 */
public final class Failover {
  private final Policy policy;

  public Failover(Policy policy) {
    this.policy = policy;
  }

  public Policy policy() {
    return policy;
  }

  /**
   * What follows from {@code input} in {@code state}. Inputs of one node come in the order of their
   * moments.
   */
  public Step step(State state, Input input) {
    var turn = new Turn(policy, state, input.at());
    wake(turn);
    absorb(turn, input);
    switch (turn.situation) {
      case Standby(Watch watch) -> Watching.step(turn, watch, input);
      case Frozen(_, Watch watch) -> Watching.step(turn, watch, input);
      case Starting starting -> Rising.step(turn, starting, input);
      case Active active -> Serving.step(turn, active, input);
      case Stopping stopping -> Yielding.step(turn, stopping, input);
      case Witnessing _ -> Operators.refuseAll(turn, input, Rule.ONLY_WITNESS, "ask a node");
      case Detached _ -> Operators.refuseAll(turn, input, Rule.NOT_IN_CLUSTER, "pair it first");
    }
    Voting.attend(turn);
    return turn.finish();
  }

  /**
   * What is left when the step that follows from {@code input} cannot be saved and therefore does
   * not happen: who spoke was heard all the same, and whoever asked for something is told.
   */
  public Step unsaved(State state, Input input, String trouble) {
    return switch (input) {
      case Heard(Moment at, Heartbeat heartbeat)
          when state.view().peers().containsKey(heartbeat.from()) -> {
        Sighting sighting = state.view().of(heartbeat.from()).heard(heartbeat, at);
        View heard = state.view().withPeer(heartbeat.from(), sighting);
        View view = heard.at(heard.times().turned(at, heard.beatDue()));
        yield quiet(new State(state.durable(), view, state.situation()), List.of());
      }
      case Input.Asked(_, long operation, _) ->
          quiet(
              state,
              List.of(
                  new Effect.Answer(
                      operation,
                      new Effect.Reply.Refused(
                          Rule.NOT_SAVED, List.of(trouble), Optional.empty()))));
      case Heard _,
          Probed _,
          DataStands _,
          DataSettled _,
          Synced _,
          Fitness _,
          Input.PeerFenced _,
          Input.RegisterSeen _,
          Input.RegisterWritten _,
          Input.RegisterFailed _,
          Input.Tick _,
          Input.ResourcesStarted _,
          Input.StartFailed _,
          Input.ResourcesStopped _,
          Input.StopFailed _ ->
          quiet(state, List.of());
    };
  }

  private static Step quiet(State state, List<Effect> effects) {
    return new Step(state, effects, Rule.NOTHING, List.of());
  }

  /** A loop that was asleep must not act on what it believed before. */
  private static void wake(Turn turn) {
    Duration asleep = turn.view.lastInput().until(turn.at);
    if (asleep.compareTo(turn.timing.drowsiness()) > 0) {
      turn.view = turn.view.at(turn.view.times().awake(turn.at));
    }
    if (asleep.compareTo(turn.timing.lateness()) > 0) {
      turn.view = turn.view.countingFrom(turn.at);
      turn.listenUntil(turn.in(turn.timing.suspicion()));
      turn.tell(Rule.TILT, "nothing was decided for " + asleep.toMillis() + " ms");
      switch (turn.situation) {
        case Standby(Watch watch) -> turn.situation = new Standby(watch.unsure());
        case Frozen(Term lost, Watch watch) -> turn.situation = new Frozen(lost, watch.unsure());
        case Starting _, Active _, Stopping _, Detached _, Witnessing _ -> {}
      }
    }
  }

  /** A watching node that was cut off may hear at any moment what it could not hear before. */
  private static void look(Turn turn, View.Probe probe) {
    boolean rejoins =
        probe.connected() && turn.view.probe().filter(before -> !before.connected()).isPresent();
    turn.view = turn.view.withProbe(probe);
    if (rejoins && !turn.isHolding()) {
      turn.listenUntil(turn.in(turn.timing.rejoining()));
    }
  }

  private static void absorb(Turn turn, Input input) {
    switch (input) {
      case Heard(var at, var heartbeat) -> {
        Sighting known = turn.view.peers().find(heartbeat.from());
        if (known != null) {
          turn.view = turn.view.withPeer(heartbeat.from(), known.heard(heartbeat, at));
          if (heartbeat.term().isAfter(turn.durable.term())) {
            turn.durable = turn.durable.withTerm(heartbeat.term());
          }
        }
        Voting.hear(turn, heartbeat);
      }
      case Probed(_, var probe) -> look(turn, probe);
      case DataStands(_, var standing) -> turn.view = turn.view.withData(standing);
      case DataSettled(_, _, var standing, _) -> turn.view = turn.view.withData(standing);
      case Synced(_, _, _, var standing, _) -> turn.view = turn.view.withData(standing);
      case Input.PeerFenced ended -> PeerFence.ended(turn, ended);
      case Fitness(_, boolean fit) -> turn.view = turn.view.withFit(fit);
      case Input.RegisterSeen seen -> Storing.see(turn, seen);
      case Input.RegisterWritten written -> Storing.written(turn, written);
      case Input.RegisterFailed failed -> Storing.failed(turn, failed);
      case Input.Tick _,
          Input.ResourcesStarted _,
          Input.StartFailed _,
          Input.ResourcesStopped _,
          Input.StopFailed _,
          Input.Asked _ -> {}
    }
  }
}
