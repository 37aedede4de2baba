package understudy.failover;

import java.util.Optional;
import understudy.failover.Effect.Gate;
import understudy.failover.Effect.Reply;
import understudy.failover.Heartbeat.Progress;
import understudy.failover.Heartbeat.Stage;
import understudy.failover.Input.Asked;
import understudy.failover.Situation.Frozen;
import understudy.failover.Situation.Phase;
import understudy.failover.Situation.Starting;
import understudy.failover.Situation.StopCause;
import understudy.failover.Situation.StopCause.HandingOver;
import understudy.failover.Situation.Stopping;
import understudy.time.Moment;

/** What a node does that stops serving. */
final class Yielding {
  private Yielding() {}

  static void step(Turn turn, Stopping stopping, Input input) {
    if (input instanceof Asked asked) {
      Operators.askStopping(turn, stopping, asked);
      return;
    }
    switch (stopping.cause()) {
      case HandingOver handing -> handOver(turn, stopping, handing, input);
      case StopCause.Superseded _ -> finish(turn, stopping, input);
      case StopCause.LostMandate _ -> finish(turn, stopping, input);
      case StopCause.Demoted _ -> finish(turn, stopping, input);
      case StopCause.StartFailed _ -> finish(turn, stopping, input);
    }
  }

  private static void finish(Turn turn, Stopping stopping, Input input) {
    if (input instanceof Input.ResourcesStopped) {
      stopped(turn, stopping.cause());
    } else if (input instanceof Input.StopFailed(_, String evidence)) {
      // The reason may pass, such as a full disk, and while it lasts nobody serves.
      Moment again = turn.in(turn.timing.primaryTimeout().multipliedBy(2));
      boolean isSooner = again.isBefore(stopping.deadline());
      turn.situation = new Stopping(stopping.cause(), isSooner ? again : stopping.deadline());
      turn.tell(Rule.STUCK_STOPPING, evidence);
    } else if (turn.isDue(stopping.deadline())) {
      turn.situation = new Stopping(stopping.cause(), turn.in(turn.timing.stopWithin()));
      turn.act(new Effect.Fence());
      turn.act(new Effect.StopResources());
      turn.tell(Rule.STUCK_STOPPING, "tries again");
    }
  }

  private static void stopped(Turn turn, StopCause cause) {
    Watch watch = Watch.from(turn.at);
    switch (cause) {
      case StopCause.LostMandate(Term lost) -> {
        turn.situation = new Frozen(lost, watch);
        expectAnother(turn);
        turn.listenUntil(turn.in(turn.timing.primaryTimeout()));
        turn.tell(Rule.STOPPED, "frozen after term " + lost);
      }
      case StopCause.StartFailed(Term term, var operation, String evidence) -> {
        turn.stand(watch.backingOff(turn.in(turn.timing.primaryTimeout()), Optional.of(term)));
        turn.tell(Rule.STOPPED, "term " + term + " is given back");
        turn.answer(operation, new Reply.Failed(Rule.START_FAILED, evidence));
      }
      case StopCause.Demoted(long operation) -> {
        turn.stand(watch);
        expectAnother(turn);
        if (new Neighbours(turn).isAnySilent()) {
          // It has to find this service silent first, and to start its own.
          turn.listenUntil(turn.in(turn.timing.primaryTimeout().multipliedBy(2)));
        }
        turn.tell(Rule.STOPPED, "demoted");
        turn.answer(operation, new Reply.Done(turn.policy.self() + " is standby"));
      }
      case StopCause.Superseded _ -> {
        turn.stand(watch);
        turn.tell(Rule.STOPPED, "another node serves");
      }
      case HandingOver handing ->
          throw new IllegalStateException("a handover does not end here: " + handing);
    }
  }

  /** Another node may be on its way up unseen, now that nothing answers here: it shows itself. */
  private static void expectAnother(Turn turn) {
    turn.view = turn.view.countingFrom(turn.at);
  }

  private static void handOver(Turn turn, Stopping stopping, HandingOver handing, Input input) {
    if (Holding.yieldsToAnother(turn) || Holding.losesMandate(turn, handing.mandateUntil())) {
      turn.answer(
          handing.operation(), new Reply.Failed(Rule.MANDATE_LOST, "lost the mandate meanwhile"));
      return;
    }
    if (turn.isDue(stopping.deadline())) {
      rollBack(turn, handing, "the switchover took too long");
      return;
    }
    if (new Neighbours(turn).heard(handing.target()).isEmpty()) {
      rollBack(turn, handing, handing.target() + " is silent");
      return;
    }
    switch (input) {
      case Input.ResourcesStopped _ when handing.stoppedAt().isEmpty() ->
          serviceStopped(turn, stopping, handing);
      case Input.StopFailed(_, String evidence) -> rollBack(turn, handing, evidence);
      case Input.Tick _,
          Input.Heard _,
          Input.Probed _,
          Input.RegisterSeen _,
          Input.RegisterWritten _,
          Input.RegisterFailed _,
          Input.DataStands _ -> {
        keepHolding(turn, stopping, handing);
        releaseWhenCopied(turn, handing);
      }
      case Input.ResourcesStopped _,
          Input.ResourcesStarted _,
          Input.StartFailed _,
          Input.DataSettled _,
          Input.Fitness _,
          Input.PeerFenced _,
          Input.Glimpsed _,
          Input.Synced _,
          Asked _ -> {}
    }
  }

  private static void serviceStopped(Turn turn, Stopping stopping, HandingOver handing) {
    boolean nothingToCopy = turn.view.data() instanceof Standing.NothingToCopy;
    if (!handing.sync() || nothingToCopy) {
      release(turn, handing, nothingToCopy ? "there is nothing to copy" : "without final sync");
      return;
    }
    turn.situation =
        new Stopping(
            new HandingOver(
                handing.operation(),
                handing.target(),
                true,
                Optional.of(turn.at),
                handing.mandateUntil()),
            stopping.deadline());
    turn.tell(Rule.FINAL_SYNC, "to " + handing.target());
    turn.answer(handing.operation(), new Reply.Underway("service stopped, final sync"));
  }

  private static void keepHolding(Turn turn, Stopping stopping, HandingOver handing) {
    Holding.probeWhenInDoubt(turn, turn.mandateUntil());
    var until = turn.mandateUntil(handing.mandateUntil());
    turn.situation =
        new Stopping(
            new HandingOver(
                handing.operation(), handing.target(), handing.sync(), handing.stoppedAt(), until),
            stopping.deadline());
    turn.act(new Effect.Extend(until, Gate.HOLD));
  }

  private static void releaseWhenCopied(Turn turn, HandingOver handing) {
    Optional<Progress> progress =
        new Neighbours(turn)
            .heard(handing.target())
            .flatMap(Heartbeat::progress)
            .filter(p -> p.operation() == handing.operation() && p.stage() == Stage.FINAL);
    if (handing.stoppedAt().isEmpty() || progress.isEmpty()) {
      return;
    }
    if (progress.get().failed()) {
      rollBack(turn, handing, "the final sync failed on " + handing.target());
      return;
    }
    boolean measuredAfterTheStop =
        turn.view.data() instanceof Standing.Complete(_, var freshAt)
            && !freshAt.isBefore(handing.stoppedAt().get());
    if (progress.get().done()
        && measuredAfterTheStop
        && progress.get().head().equals(turn.view.data().head())) {
      release(turn, handing, "both hold " + progress.get().head());
    }
  }

  /** The point of no return: from here on the other node serves, or gives the mandate back. */
  private static void release(Turn turn, HandingOver handing, String evidence) {
    Term offered = Voting.untouchedTerm(turn);
    turn.durable =
        turn.durable
            .withTerm(offered)
            .withOffer(
                Optional.of(new Durable.Offer(handing.operation(), handing.target(), offered)));
    if (turn.view.data() instanceof Standing.Complete(String head, _)) {
      turn.view = turn.view.withData(new Standing.Complete(head, turn.at));
    }
    turn.stand(
        Watch.from(turn.at).backingOff(turn.in(turn.timing.primaryTimeout()), Optional.empty()));
    turn.act(new Effect.Fence());
    turn.tell(Rule.RELEASED, evidence, "term " + offered + " for " + handing.target());
    turn.answer(handing.operation(), new Reply.Underway("released to " + handing.target()));
  }

  /** Still this node's term: start again what was stopped. */
  static void rollBack(Turn turn, HandingOver handing, String why) {
    var until = turn.mandateUntil(handing.mandateUntil());
    turn.situation =
        new Starting(
            new Phase.Resources(),
            Rule.ROLLED_BACK,
            Optional.empty(),
            turn.in(turn.timing.startWithin()),
            until);
    turn.act(new Effect.Extend(until, Gate.SHUT));
    turn.act(new Effect.StartResources(turn.durable.reign()));
    turn.tell(Rule.ROLLED_BACK, why);
    turn.answer(
        handing.operation(),
        new Reply.Failed(Rule.ROLLED_BACK, why + "; " + turn.policy.self() + " serves again"));
  }
}
