package understudy.failover;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import understudy.failover.Heartbeat.Stage;
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
   * What becomes of {@code step}, which cannot be saved: what needs to be remembered does not
   * happen. Giving up the role needs no memory: a full disk must never keep a node serving beside
   * another.
   *
   * @param stored what is on disk
   */
  public Step withoutSaving(State state, Input input, Step step, Durable stored, String trouble) {
    boolean claims = !step.next().durable().reign().equals(state.durable().reign());
    boolean yields = step.effects().stream().anyMatch(Effect.Fence.class::isInstance) && !claims;
    boolean needsNothing = step.next().durable().actsLike(stored) && !step.fencesPeer();
    return yields || needsNothing ? step : unsaved(state, input, trouble);
  }

  /**
   * What is left when the step that follows from {@code input} cannot be saved and therefore does
   * not happen: this node goes on to speak, hears who spoke, and tells whoever asked for something.
   */
  private Step unsaved(State state, Input input, String trouble) {
    var turn = new Turn(policy, state, input.at());
    wake(turn);
    switch (input) {
      case Heard(Moment at, Heartbeat heartbeat) -> {
        Sighting known = turn.view.peers().find(heartbeat.from());
        if (known != null) {
          hearAgain(turn, known);
          hear(turn, known, heartbeat, at);
        }
      }
      case Input.Glimpsed(_, var peer) -> glimpse(turn, peer);
      case Input.Asked(_, long operation, _) -> turn.refuse(operation, Rule.NOT_SAVED, trouble);
      case Probed(_, var probe) -> {
        look(turn, probe);
        sayWhatIsMissing(turn, trouble);
      }
      case Input.Tick _, Input.RegisterSeen _, Input.RegisterWritten _ ->
          sayWhatIsMissing(turn, trouble);
      case DataStands(_, var standing) -> turn.view = turn.view.withData(standing);
      case DataSettled(_, _, var standing, _) -> turn.view = turn.view.withData(standing);
      case Synced(_, _, _, var standing, _) -> turn.view = turn.view.withData(standing);
      case Fitness(_, boolean fit) -> turn.view = turn.view.withFit(fit);
      case Input.PeerFenced ended -> PeerFence.ended(turn, ended);
      case Input.ResourcesStarted(_, Term term) -> {
        boolean isOfThisReign = term.equals(turn.durable.reign());
        if (isOfThisReign && turn.situation instanceof Starting starting) {
          // That they run is told once: it cannot wait until there is room.
          Rising.fail(turn, starting, "the state cannot be saved: " + trouble);
        }
      }
      case Input.RegisterFailed _,
          Input.StartFailed _,
          Input.ResourcesStopped _,
          Input.StopFailed _ -> {}
    }
    return turn.finish();
  }

  /** A node that would act and cannot remember it stays, and says why. */
  private static void sayWhatIsMissing(Turn turn, String trouble) {
    turn.situation.watching().ifPresent(watch -> sayWhatIsMissing(turn, watch, trouble));
  }

  private static void sayWhatIsMissing(Turn turn, Watch before, String trouble) {
    Watching.probeWhenInDoubt(turn, before, new Neighbours(turn));
    Watch watch = refuseLate(turn, before, trouble);
    if (!watch.blockedBy().contains(Rule.NOT_SAVED)) {
      Watching.keep(turn, watch.blocked(List.of(Rule.NOT_SAVED)));
      turn.tell(Rule.NOT_SAVED, trouble);
    }
  }

  /** A person waits for an answer, not for room on the disk. */
  private static Watch refuseLate(Turn turn, Watch watch, String trouble) {
    Optional<Watch.Approval> late = watch.approval().filter(it -> turn.isDue(it.deadline()));
    if (late.isEmpty()) {
      return watch;
    }
    turn.refuse(late.get().operation(), Rule.NOT_SAVED, trouble);
    Watch unasked = watch.approved(Optional.empty());
    Watching.keep(turn, unasked);
    return unasked;
  }

  /** A loop that was asleep must not act on what it believed before. */
  private static void wake(Turn turn) {
    Duration asleep = turn.view.lastInput().until(turn.at);
    if (asleep.compareTo(turn.timing.drowsiness()) > 0) {
      turn.view = turn.view.at(turn.view.times().awake(turn.at));
    }
    if (asleep.compareTo(turn.timing.lateness()) > 0) {
      turn.view = turn.view.countingFrom(turn.at).servedUnheard(turn.at);
      turn.listenUntil(turn.in(turn.timing.suspicion()));
      turn.tell(Rule.TILT, "nothing was decided for " + asleep.toMillis() + " ms");
      suspectNobody(turn);
    }
  }

  /** A node that watches may hear now what it could not hear while it was cut off. */
  private static void look(Turn turn, View.Probe probe) {
    boolean rejoins =
        probe.connected() && turn.view.probe().filter(before -> !before.connected()).isPresent();
    if (rejoins) {
      speakUp(turn);
    }
    turn.view = turn.view.withProbe(probe);
    if (rejoins && !turn.isHolding()) {
      turn.listenUntil(turn.in(turn.timing.rejoining()));
    }
  }

  /** The next moment may cut it off again, and others must know whether it still holds. */
  private static void speakUp(Turn turn) {
    turn.view = turn.view.at(turn.view.times().speaking(turn.at));
  }

  /** Perhaps the first word after a silence of its sender, or of all. */
  private static void hearAgain(Turn turn, Sighting sender) {
    Moment lastHeard = sender.heardAt().orElse(sender.countFrom());
    boolean wasSilent = lastHeard.until(turn.at).compareTo(turn.timing.primaryTimeout()) >= 0;
    if (turn.provesItself() && wasSilent && !turn.isHolding()) {
      // It may have waited on its way, while its sender was promoted. Then a fresh one comes, or
      // its sender counts as silent again.
      Duration asHeard = turn.timing.suspicion().plusMillis(1);
      turn.view = turn.view.at(turn.view.times().unsure(turn.in(asHeard)));
    }
    boolean wasCutOff = turn.view.probe().filter(latest -> !latest.connected()).isPresent();
    if (!wasCutOff) {
      return;
    }
    var neighbours = new Neighbours(turn);
    if (turn.isHolding() && neighbours.isAnyQuiet()) {
      speakUp(turn);
    } else if (!turn.isHolding() && neighbours.heard().isEmpty()) {
      turn.listenUntil(turn.in(turn.timing.rejoining())); // The others may come as well.
    }
  }

  /**
   * A later term that its bearer does not hold was taken by somebody who lives: the silence of the
   * others is counted anew, or two would rise at once. One that its bearer gives away can be taken
   * by who it is offered to. Where others grant the mandate no two can rise, and what counts is who
   * may have served unheard.
   */
  private static void hearOfAnother(Turn turn, Heartbeat bearer) {
    if (bearer.reign().equals(bearer.term())) {
      return;
    }
    Optional<NodeName> offeredTo =
        bearer
            .handover()
            .filter(offer -> offer.stage() == Stage.RELEASED && offer.term().equals(bearer.term()))
            .map(Heartbeat.Handover::to);
    if (offeredTo.equals(Optional.of(turn.policy.self()))) {
      return;
    }
    if (!turn.provesItself()) {
      for (NodeName name : turn.view.peers().keySet()) {
        turn.view = turn.view.holdingUnheard(name, turn.timing.suspicion(), turn.at);
      }
      return;
    }
    Sighting taker = offeredTo.map(turn.view.peers()::find).orElse(null);
    if (offeredTo.isPresent() && taker != null) {
      turn.view = turn.view.withPeer(offeredTo.get(), taker.perhapsHolding(turn.at));
    } else {
      turn.view =
          turn.view.withPeers(turn.view.peers().changed(peer -> peer.perhapsHolding(turn.at)));
    }
    suspectNobody(turn);
  }

  /** It is not listened to, but neither is it silent. */
  private static void glimpse(Turn turn, NodeName peer) {
    Sighting known = turn.view.peers().find(peer);
    if (known != null) {
      turn.view = turn.view.withPeer(peer, known.countingFrom(turn.at));
      suspectNobody(turn);
    }
  }

  private static void suspectNobody(Turn turn) {
    turn.situation.watching().ifPresent(watch -> Watching.keep(turn, watch.unsure()));
  }

  private static void hear(Turn turn, Sighting known, Heartbeat heartbeat, Moment at) {
    boolean isProof = turn.view.isAwake(turn.timing, at);
    Sighting now =
        known.heard(heartbeat, turn.durable.term(), turn.timing.suspicion(), isProof, at);
    turn.view = turn.view.withPeer(heartbeat.from(), now);
  }

  /** Where others grant the mandate, whoever had the latest term had it alone. */
  private static void hearOfHolder(Turn turn, Heartbeat heartbeat) {
    if (!turn.provesItself() && heartbeat.reign().equals(turn.durable.term())) {
      turn.view = turn.view.holderKnown();
    }
  }

  private static void absorb(Turn turn, Input input) {
    switch (input) {
      case Heard(var at, var heartbeat) -> {
        Sighting known = turn.view.peers().find(heartbeat.from());
        boolean isVoter = Voting.isVoter(turn.policy, heartbeat.from());
        if (known != null) {
          hearAgain(turn, known);
        }
        if ((known != null || isVoter) && heartbeat.term().isAfter(turn.durable.term())) {
          hearOfAnother(turn, heartbeat);
          turn.durable = turn.durable.withTerm(heartbeat.term());
        }
        if (known != null) {
          turn.durable = turn.durable.knowing(heartbeat.served());
          hear(turn, known, heartbeat, at);
          hearOfHolder(turn, heartbeat);
        }
        Voting.hear(turn, heartbeat);
      }
      case Input.Glimpsed(_, var peer) -> glimpse(turn, peer);
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
