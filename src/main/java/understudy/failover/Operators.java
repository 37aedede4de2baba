package understudy.failover;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import understudy.failover.Effect.Reply;
import understudy.failover.Input.Asked;
import understudy.failover.Situation.Active;
import understudy.failover.Situation.Preparing;
import understudy.failover.Situation.Starting;
import understudy.failover.Situation.StopCause;
import understudy.failover.Situation.StopCause.HandingOver;
import understudy.failover.Situation.Stopping;
import understudy.failover.Watch.Approval;

/** What becomes of an operator's wish in each role. */
final class Operators {
  private Operators() {}

  static void refuseAll(Turn turn, Input input, Rule why, String fact) {
    if (input instanceof Asked(_, long operation, _)) {
      turn.refuse(operation, why, fact);
    }
  }

  /** The wish came in the very moment in which this node had to stop: that stays the story. */
  static void tooLate(Turn turn, Input input) {
    if (input instanceof Asked(_, long operation, _)) {
      var facts = List.of("this node has just begun to stop");
      turn.answer(operation, new Reply.Refused(Rule.BUSY, facts, Optional.empty()));
    }
  }

  static void askWatching(Turn turn, Watch watch, Asked asked) {
    long operation = asked.operation();
    switch (asked.request()) {
      case Request.Promote(boolean force) -> promote(turn, watch, operation, force);
      case Request.Switchover(_, boolean even, var target) -> {
        if (new Neighbours(turn).serving().isPresent()) {
          turn.refuse(operation, Rule.NOT_ACTIVE, "ask the active node");
        } else if (!target.orElse(turn.policy.self()).equals(turn.policy.self())) {
          turn.refuse(operation, Rule.NOT_ACTIVE, "ask " + target.get() + " to promote");
        } else if (even) {
          promote(turn, watch, operation, false);
        } else {
          turn.refuse(
              operation,
              Rule.NOT_ACTIVE,
              List.of("no active node is heard: roles cannot be kept in step"),
              Optional.of("--even-if-peer-unreachable"));
        }
      }
      case Request.Failback _ -> turn.refuse(operation, Rule.NOT_ACTIVE, "ask the active node");
      case Request.Demote _ -> demoteWatching(turn, watch, operation);
      case Request.Cancel _ -> cancelCountdown(turn, watch, operation);
      case Request.Resolve _ ->
          turn.refuse(operation, Rule.NO_CONFLICT, "this node serves nothing");
      case Request.Pause pause -> pause(turn, operation, pause);
      case Request.Resume _ -> resume(turn, operation);
      case Request.Pinned pinned -> pinned(turn, operation, pinned);
      case Request.Unpinned unpinned -> unpinned(turn, operation, unpinned);
      case Request.Clients(boolean hold) -> clients(turn, operation, hold);
    }
  }

  private static void promote(Turn turn, Watch watch, long operation, boolean force) {
    if (force) {
      promoteForced(turn, watch, operation);
      return;
    }
    Optional<Heartbeat> serving = new Neighbours(turn).serving().filter(Heartbeat::mayHaveClients);
    if (serving.isPresent()) {
      turn.refuse(
          operation,
          Rule.PEER_SERVES,
          List.of(serving.get().from() + " is " + serving.get().role().word()),
          Optional.of(
              turn.policy.designation() == Designation.DR
                  ? "promote --force" // no switchover comes to it
                  : "switchover, or promote --force"));
      return;
    }
    Optional<Durable.Pinned> pinned = PeerPin.of(turn.policy, turn.durable);
    if (pinned.isPresent()) {
      List<String> facts = List.of(PeerPin.sentence(pinned.get()));
      turn.refuse(operation, Rule.PEER_PINNED, facts, Optional.of("promote --force"));
      return;
    }
    if (watch.approval().isPresent()) {
      turn.refuse(operation, Rule.BUSY, "a promotion is under way");
      return;
    }
    lookFirst(turn, watch, operation, false);
  }

  private static void promoteForced(Turn turn, Watch watch, long operation) {
    if (!turn.view.data().isWhole()) {
      // A service must never start on half of its data, and the node that serves would stop for it.
      turn.refuse(operation, Rule.NO_GENERATION, turn.view.data().toString());
      return;
    }
    // This wish waits in the place of the earlier one, for the network or for votes.
    giveUpPromotion(turn, watch, Rule.FORCED);
    if (!Blocks.isLatelyProvenConnected(turn)) {
      lookFirst(turn, turn.situation.watching().orElse(watch), operation, true);
      return;
    }
    Takeover.claim(
        turn,
        turn.nextTerm(),
        Rule.FORCED,
        Optional.of(operation),
        "against: " + Watching.facts(Blocks.besideSilent(turn, watch)));
  }

  private static void lookFirst(Turn turn, Watch watch, long operation, boolean force) {
    var deadline = turn.in(turn.timing.promotionWithin());
    Watching.keep(turn, watch.approved(Optional.of(new Approval(operation, deadline, force))));
    turn.answer(operation, new Reply.Underway("looks at the network first"));
    turn.act(new Effect.Probe());
  }

  private static void demoteWatching(Turn turn, Watch watch, long operation) {
    NodeName self = turn.policy.self();
    giveUpPromotion(turn, watch, Rule.DEMOTED);
    if (turn.situation instanceof Situation.Frozen) {
      // Else it would serve again as soon as it is no longer cut off.
      turn.durable = turn.durable.withWilling(false);
      turn.tell(Rule.DEMOTED, "it was frozen, and does not return by itself");
      turn.answer(
          operation,
          new Reply.Done(self + " stays down until it is promoted, or another node serves"));
    } else {
      turn.answer(operation, new Reply.Done(self + " is standby already"));
    }
  }

  private static void cancelCountdown(Turn turn, Watch watch, long operation) {
    if (watch.suspectedAt().isEmpty() && watch.approval().isEmpty()) {
      turn.refuse(operation, Rule.NOTHING_TO_CANCEL, "nothing is suspected");
      return;
    }
    giveUpPromotion(turn, watch, Rule.COUNTDOWN_CANCELLED);
    Watching.keep(turn, watch.cancel());
    turn.tell(Rule.COUNTDOWN_CANCELLED);
    turn.answer(operation, new Reply.Done("no automatic takeover until a peer is heard again"));
  }

  /** The latest wish holds. */
  private static void giveUpPromotion(Turn turn, Watch watch, Rule why) {
    watch
        .approval()
        .ifPresent(
            approval ->
                turn.answer(approval.operation(), new Reply.Failed(why, "another wish came")));
    Watching.keep(turn, watch.approved(Optional.empty()));
  }

  static void askStarting(Turn turn, Starting starting, Asked asked) {
    long operation = asked.operation();
    switch (asked.request()) {
      case Request.Promote _ ->
          turn.answer(
              operation, new Reply.Done("starting already in term " + turn.durable.reign()));
      case Request.Demote _, Request.Cancel _ -> {
        turn.durable = turn.durable.withWilling(false);
        Rising.fail(turn, starting, "an operator stopped the start");
        turn.answer(operation, new Reply.Done("stopping"));
      }
      case Request.Switchover _, Request.Failback _, Request.Resolve _ ->
          turn.refuse(operation, Rule.BUSY, "this node is starting");
      case Request.Pause pause -> pause(turn, operation, pause);
      case Request.Resume _ -> resume(turn, operation);
      case Request.Pinned _ -> turn.refuse(operation, Rule.BUSY, "this node holds the role itself");
      case Request.Unpinned unpinned -> unpinned(turn, operation, unpinned);
      case Request.Clients(boolean hold) -> clients(turn, operation, hold);
    }
  }

  static void askActive(Turn turn, Active active, Asked asked) {
    long operation = asked.operation();
    switch (asked.request()) {
      case Request.Promote _ ->
          turn.answer(operation, new Reply.Done("active already in term " + turn.durable.reign()));
      case Request.Switchover wish -> switchOver(turn, active, operation, wish);
      case Request.Failback _ -> failBack(turn, active, operation);
      case Request.Demote(boolean even) -> demote(turn, active, operation, even);
      case Request.Cancel _ -> {
        if (active.preparing().isEmpty()) {
          turn.refuse(operation, Rule.NOTHING_TO_CANCEL, "no switchover is under way");
        } else {
          Serving.giveUp(turn, active, active.preparing().get(), "an operator cancelled it");
          turn.answer(operation, new Reply.Done("cancelled"));
        }
      }
      case Request.Resolve(var survivor) -> resolve(turn, active, operation, survivor);
      case Request.Pause pause -> pause(turn, operation, pause);
      case Request.Resume _ -> resume(turn, operation);
      case Request.Pinned _ -> turn.refuse(operation, Rule.BUSY, "this node holds the role itself");
      case Request.Unpinned unpinned -> unpinned(turn, operation, unpinned);
      case Request.Clients(boolean hold) -> {
        clients(turn, operation, hold);
        turn.act(new Effect.Extend(active.mandateUntil(), Holding.gate(turn)));
      }
    }
  }

  private static void resolve(
      Turn turn, Active active, long operation, Optional<NodeName> survivor) {
    boolean conflict = new Neighbours(turn).serving().isPresent();
    if (!conflict) {
      turn.refuse(operation, Rule.NO_CONFLICT, "no other node serves");
    } else if (survivor.isPresent() && !survivor.get().equals(turn.policy.self())) {
      Serving.abandon(turn, active, Rule.CONFLICT_LOST);
      turn.stop(
          new StopCause.Superseded(), Rule.CONFLICT_LOST, "an operator chose " + survivor.get());
      turn.answer(operation, new Reply.Done(turn.policy.self() + " yields"));
    } else {
      turn.answer(operation, new Reply.Done(turn.policy.self() + " stays"));
    }
  }

  private static void failBack(Turn turn, Active active, long operation) {
    if (turn.policy.designation() == Designation.PRIMARY) {
      turn.answer(operation, new Reply.Done("the designated primary serves already"));
      return;
    }
    Optional<NodeName> primary =
        turn.policy.peers().entrySet().stream()
            .filter(peer -> peer.getValue() == Designation.PRIMARY)
            .map(Map.Entry::getKey)
            .findFirst();
    if (primary.isEmpty()) {
      turn.refuse(operation, Rule.NO_TARGET, "no node is designated primary");
      return;
    }
    if (new Neighbours(turn).heard(primary.get()).isEmpty()) {
      turn.refuse(operation, Rule.NO_TARGET, Targets.whyNone(turn), Optional.empty());
      return;
    }
    switchOver(turn, active, operation, new Request.Switchover(true, false, primary));
  }

  private static void switchOver(
      Turn turn, Active active, long operation, Request.Switchover wish) {
    if (active.preparing().isPresent()) {
      turn.refuse(operation, Rule.BUSY, "a switchover is under way");
      return;
    }
    if (wish.target().equals(Optional.of(turn.policy.self()))) {
      turn.answer(operation, new Reply.Done(turn.policy.self() + " serves already"));
      return;
    }
    if (wish.target().isPresent() && !turn.policy.peers().containsKey(wish.target().get())) {
      turn.refuse(operation, Rule.NO_TARGET, wish.target().get() + " is no node that can serve");
      return;
    }
    Optional<Heartbeat> target = Targets.of(turn, wish);
    if (target.isPresent()) {
      var preparing =
          new Preparing(
              operation, target.get().from(), wish.sync(), turn.in(turn.timing.prepareWithin()));
      turn.situation =
          new Active(active.mandateUntil(), active.peerSuspected(), Optional.of(preparing));
      turn.tell(Rule.PREPARES, "to " + preparing.target());
      turn.answer(operation, new Reply.Underway("prepares " + preparing.target()));
    } else if (wish.target().filter(named -> !Targets.isOnlyHope(turn, named)).isPresent()) {
      // Whoever took over would not be who was named, and perhaps nobody.
      turn.refuse(operation, Rule.NO_TARGET, Targets.whyNone(turn), Optional.empty());
    } else if (wish.evenIfPeerUnreachable()) {
      demote(turn, active, operation, true);
    } else {
      turn.refuse(
          operation,
          Rule.NO_TARGET,
          Targets.whyNone(turn),
          Optional.of("--even-if-peer-unreachable"));
    }
  }

  private static void demote(
      Turn turn, Active active, long operation, boolean evenIfNobodyTakesOver) {
    boolean somebody = Targets.isAnyLeftToServe(turn);
    if (!somebody && !evenIfNobodyTakesOver) {
      turn.refuse(
          operation,
          Rule.NO_TARGET,
          Targets.whyNoneIsLeft(turn),
          Optional.of("--even-if-peer-unreachable"));
      return;
    }
    Serving.abandon(turn, active, Rule.DEMOTED);
    turn.durable = turn.durable.withWilling(false);
    turn.stop(
        new StopCause.Demoted(operation),
        Rule.DEMOTED,
        somebody ? "another node can take over" : "no other node takes over by itself");
    turn.answer(operation, new Reply.Underway("stopping"));
  }

  static void askStopping(Turn turn, Stopping stopping, Asked asked) {
    long operation = asked.operation();
    switch (asked.request()) {
      case Request.Cancel _ -> {
        if (stopping.cause() instanceof HandingOver handing) {
          Yielding.rollBack(turn, handing, "an operator cancelled it");
          turn.answer(operation, new Reply.Done("cancelled"));
        } else {
          turn.refuse(operation, Rule.NOTHING_TO_CANCEL, "this node is stopping");
        }
      }
      case Request.Promote _,
          Request.Switchover _,
          Request.Failback _,
          Request.Demote _,
          Request.Resolve _ ->
          turn.refuse(operation, Rule.BUSY, "this node is stopping");
      case Request.Pause pause -> pause(turn, operation, pause);
      case Request.Resume _ -> resume(turn, operation);
      case Request.Pinned pinned -> pinned(turn, operation, pinned);
      case Request.Unpinned unpinned -> unpinned(turn, operation, unpinned);
      case Request.Clients(boolean hold) -> clients(turn, operation, hold);
    }
  }

  private static void pause(Turn turn, long operation, Request.Pause pause) {
    turn.durable =
        turn.durable.withPause(Optional.of(new Durable.Pause(pause.until(), pause.reason())));
    turn.tell(Rule.PAUSED, pause.until().map(until -> "until " + until).orElse("until resumed"));
    turn.answer(operation, new Reply.Done("automation is paused; undo with: understudy resume"));
  }

  private static void resume(Turn turn, long operation) {
    turn.durable = turn.durable.withPause(Optional.empty());
    turn.tell(Rule.RESUMED);
    String exception =
        PeerPin.of(turn.policy, turn.durable)
            .map(pinned -> ", but " + PeerPin.sentence(pinned))
            .orElse("");
    turn.answer(operation, new Reply.Done("automation is armed" + exception));
  }

  private static void pinned(Turn turn, long operation, Request.Pinned pinned) {
    PeerPin.set(turn, pinned);
    turn.answer(operation, new Reply.Done(pinned.node() + " is left alone"));
  }

  private static void unpinned(Turn turn, long operation, Request.Unpinned unpinned) {
    PeerPin.lift(turn, unpinned);
    turn.answer(operation, new Reply.Done(unpinned.node() + " is as any other"));
  }

  private static void clients(Turn turn, long operation, boolean hold) {
    turn.durable = turn.durable.withClientsHeld(hold);
    turn.tell(hold ? Rule.CLIENTS_HELD : Rule.CLIENTS_ADMITTED);
    turn.answer(
        operation,
        new Reply.Done(
            hold ? "new clients are held; undo with: understudy clients admit" : "admitted"));
  }
}
