package understudy.failover;

import java.util.List;
import java.util.Optional;
import understudy.failover.Heartbeat.Handover;
import understudy.failover.Heartbeat.Progress;
import understudy.failover.Heartbeat.Stage;
import understudy.failover.Input.Asked;
import understudy.failover.Input.Synced;
import understudy.failover.Situation.Frozen;
import understudy.failover.Situation.Standby;

/** What a node does that serves nothing: standby or frozen. */
final class Watching {
  private Watching() {}

  static void step(Turn turn, Watch watch, Input input) {
    switch (input) {
      case Input.Tick _,
          Input.Heard _,
          Input.Glimpsed _,
          Input.Probed _,
          Input.DataStands _,
          Input.Fitness _,
          Input.RegisterSeen _,
          Input.RegisterWritten _,
          Input.RegisterFailed _ ->
          look(turn, watch);
      case Input.PeerFenced ended -> {
        PeerFence.tell(turn, ended);
        look(turn, watch);
      }
      case Synced synced -> endErrand(turn, watch, synced);
      case Asked asked -> Operators.askWatching(turn, watch, asked);
      // A late answer to an effect of an earlier role: what runs now must not.
      case Input.ResourcesStarted _ -> {
        turn.act(new Effect.StopResources());
        turn.tell(Rule.LEFTOVERS, "they started when this node had given up");
      }
      case Input.StopFailed(_, String evidence) -> turn.tell(Rule.STUCK_STOPPING, evidence);
      case Input.DataSettled _, Input.StartFailed _, Input.ResourcesStopped _ -> {}
    }
  }

  /** The same situation with a changed mind. */
  static void keep(Turn turn, Watch watch) {
    switch (turn.situation) {
      case Frozen(Term lost, _) -> turn.situation = new Frozen(lost, watch);
      case Standby _,
          Situation.Starting _,
          Situation.Active _,
          Situation.Stopping _,
          Situation.Witnessing _,
          Situation.Detached _ ->
          turn.stand(watch);
    }
  }

  static void look(Turn turn, Watch before) {
    turn.looked = true;
    Watch watch = stopLeftovers(turn, before);
    keep(turn, watch);
    var neighbours = new Neighbours(turn);
    probeWhenInDoubt(turn, watch, neighbours);
    Optional<Heartbeat> serving = neighbours.serving();
    if (serving.isPresent()) {
      follow(turn, watch, serving.get());
    } else if (!neighbours.isAnySilent()) {
      agree(turn, watch, neighbours);
    } else {
      consider(turn, Offers.takeBack(turn, watch, neighbours.passive()), neighbours);
    }
  }

  /**
   * Some are silent: an offer counts as a takeover does, after a primary timeout, or is declined.
   */
  private static void consider(Turn turn, Watch watch, Neighbours neighbours) {
    Optional<Heartbeat> giver = Offers.giver(turn, watch, neighbours);
    if (giver.isPresent() && !Offers.isInTime(turn, giver.get())) {
      Offers.decline(turn, watch, giver.get());
      return;
    }
    Takeover.consider(turn, watch, neighbours);
  }

  static void probeWhenInDoubt(Turn turn, Watch watch, Neighbours neighbours) {
    if (neighbours.isAnyQuiet() || watch.approval().isPresent()) {
      turn.probeEvery(turn.timing.watchEvery());
    }
  }

  private static Watch stopLeftovers(Turn turn, Watch watch) {
    boolean now =
        watch.stopLeftoversAt().isPresent()
            && (turn.isDue(watch.stopLeftoversAt().get())
                || new Neighbours(turn).serving().isPresent());
    if (!now) {
      return watch;
    }
    turn.act(new Effect.Fence());
    turn.act(new Effect.StopResources());
    turn.tell(Rule.LEFTOVERS, "nobody took them over");
    return watch.leftoversUntil(Optional.empty());
  }

  /** Another node serves: be its standby. */
  private static void follow(Turn turn, Watch before, Heartbeat serving) {
    Watch watch = calm(turn, before, serving);
    // Who is only starting may fail, and what this node has may be newer: copied is who serves.
    boolean isNew = !watch.following().equals(Optional.of(serving.from()));
    if (isNew && serving.role() == Role.ACTIVE) {
      turn.act(new Effect.Follow(Optional.of(serving.from())));
      turn.tell(Rule.FOLLOWS, serving.from() + " serves in term " + serving.reign());
      watch = watch.followingNode(Optional.of(serving.from()));
    }
    if (turn.situation instanceof Frozen(Term lost, _)) {
      turn.tell(
          Rule.RETURNS_AS_STANDBY,
          serving.from() + " serves in term " + serving.reign() + ", this node lost term " + lost);
    }
    if (serving.role() == Role.ACTIVE) {
      PeerPin.lapse(turn, serving);
      Offers.settle(turn, serving);
      turn.durable = turn.durable.withWilling(true);
      watch = watch.backingOff(turn.at, Optional.empty()).blocked(List.of());
    }
    // Who is only starting may fail: what a person said holds until it is due.
    boolean isOver =
        watch
            .approval()
            .filter(a -> serving.mayHaveClients() || turn.isDue(a.deadline()))
            .isPresent();
    if (isOver) {
      long operation = watch.approval().get().operation();
      turn.refuse(operation, Rule.PEER_SERVES, serving.from() + " is " + serving.role().word());
      watch = watch.approved(Optional.empty());
    }
    turn.stand(runErrand(turn, watch, serving));
  }

  /** Every other node is heard and none serves: the first choice takes the role. */
  private static void agree(Turn turn, Watch before, Neighbours neighbours) {
    Watch watch = before;
    for (Heartbeat passive : neighbours.passive()) {
      watch = calm(turn, watch, passive);
    }
    Optional<Heartbeat> giver = Offers.giver(turn, watch, neighbours);
    if (giver.isPresent()) {
      Offers.takeUp(turn, watch, giver.get());
      return;
    }
    watch = Offers.takeBack(turn, watch, neighbours.passive());
    keep(turn, watch);
    Takeover.claimIfFirstChoice(turn, watch, neighbours);
  }

  private static Watch calm(Turn turn, Watch watch, Heartbeat heard) {
    if (watch.suspectedAt().isEmpty() && !watch.cancelled()) {
      return watch;
    }
    List<NodeName> silent = new Neighbours(turn).silent();
    String fact = heard.from() + " is " + heard.role().word();
    if (silent.isEmpty()) {
      turn.tell(Rule.PEER_IS_BACK, fact);
    } else {
      turn.tell(Rule.PEER_SERVES, fact, silent + " still silent");
    }
    return watch.suspectedAt().isPresent() ? seekAnew(turn, watch.calm()) : watch.calm();
  }

  /**
   * Votes that could not be had before may be had now: who sought them in vain is as one that has
   * not tried, and who served last goes first. Who could not start still cannot.
   */
  static Watch seekAnew(Turn turn, Watch watch) {
    if (turn.provesItself()) {
      return watch;
    }
    turn.view = turn.view.withElection(turn.view.election().withdrawn());
    boolean couldNotStart = watch.declined().equals(Optional.of(turn.durable.reign()));
    return couldNotStart ? watch : watch.backingOff(watch.notBefore(), Optional.empty());
  }

  private static Watch runErrand(Turn turn, Watch watch, Heartbeat serving) {
    Optional<Handover> wanted =
        serving
            .handover()
            .filter(handover -> handover.to().equals(turn.policy.self()))
            .filter(handover -> handover.stage() != Stage.RELEASED);
    if (wanted.isEmpty()) {
      return watch.working(Optional.empty());
    }
    Handover errand = wanted.get();
    boolean known =
        watch
            .errand()
            .filter(e -> e.operation() == errand.operation() && e.stage() == errand.stage())
            .isPresent();
    if (known) {
      return watch;
    }
    turn.act(new Effect.Sync(errand.operation(), errand.stage(), serving.from()));
    turn.tell(Rule.RUNS_ERRAND, errand.stage() + " from " + serving.from());
    return watch.working(
        Optional.of(new Progress(errand.operation(), errand.stage(), false, false, "")));
  }

  /** Only the errand that is wanted now may be reported. */
  private static void endErrand(Turn turn, Watch watch, Synced synced) {
    boolean wanted =
        watch
            .errand()
            .filter(e -> e.operation() == synced.operation() && e.stage() == synced.stage())
            .isPresent();
    if (wanted) {
      var trouble = synced.trouble();
      keep(
          turn,
          watch.working(
              Optional.of(
                  new Progress(
                      synced.operation(),
                      synced.stage(),
                      trouble.isEmpty(),
                      trouble.isPresent(),
                      synced.standing().head()))));
      turn.tell(Rule.RUNS_ERRAND, synced.stage() + ": " + trouble.orElse("done"));
    }
  }

  static List<String> facts(List<Arbiter.Block> blocks) {
    return blocks.stream().map(block -> block.rule().sentence() + ": " + block.evidence()).toList();
  }
}
