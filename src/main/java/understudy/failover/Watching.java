package understudy.failover;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import understudy.failover.Effect.Reply;
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
      consider(turn, takeBack(turn, watch, neighbours.passive()), neighbours);
    }
  }

  /** Some are silent: an offer is taken up like the role of who is gone, in time or not at all. */
  private static void consider(Turn turn, Watch watch, Neighbours neighbours) {
    Optional<Heartbeat> giver = giver(turn, watch);
    if (giver.isPresent() && !isOffered(turn, watch)) {
      decline(turn, watch, giver.get());
      return;
    }
    Takeover.consider(turn, watch, neighbours);
  }

  /** The role is this node's by a planned move; empty: nobody offers it. */
  private static Optional<Heartbeat> giver(Turn turn, Watch watch) {
    return new Neighbours(turn)
        .heard().stream().filter(peer -> isOfferToMe(turn, watch, peer)).findFirst();
  }

  /** And its giver does not take it back yet. */
  static boolean isOffered(Turn turn, Watch watch) {
    Duration good = turn.timing.primaryTimeout().plus(turn.timing.suspicion());
    return giver(turn, watch)
        .flatMap(giver -> turn.view.of(giver.from()).heldAt())
        .filter(held -> !turn.isDue(held.plus(good)))
        .isPresent();
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
      settleOffer(turn, serving);
      turn.durable = turn.durable.withWilling(true);
      watch = watch.backingOff(turn.at, Optional.empty()).blocked(List.of());
    }
    // Who is only starting may fail: what a person said holds until it is due.
    boolean isOver =
        watch.approval().filter(a -> serving.hasServed() || turn.isDue(a.deadline())).isPresent();
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
    Optional<Heartbeat> giver = giver(turn, watch);
    if (giver.isPresent()) {
      takeUp(turn, watch, giver.get());
      return;
    }
    watch = takeBack(turn, watch, neighbours.passive());
    keep(turn, watch);
    Takeover.claimIfFirstChoice(turn, watch, neighbours);
  }

  private static void takeUp(Turn turn, Watch watch, Heartbeat giver) {
    if (isLate(turn, giver.from())) {
      decline(turn, watch, giver);
      return;
    }
    keep(turn, watch);
    if (!Takeover.isProvenConnected(turn)) {
      // Just woken: a mandate claimed now would be over at once, the offer lasts longer.
      turn.probeEvery(turn.timing.lookEvery());
      return;
    }
    Takeover.claim(
        turn,
        giver.handover().orElseThrow().term(),
        Rule.OFFERED,
        watch.approval().map(Watch.Approval::operation),
        giver.from() + " released the mandate");
  }

  private static boolean isOfferToMe(Turn turn, Watch watch, Heartbeat heartbeat) {
    return turn.isDue(turn.view.listenUntil())
        && heartbeat
            .handover()
            .filter(handover -> handover.stage() == Stage.RELEASED)
            .filter(handover -> handover.to().equals(turn.policy.self()))
            .filter(handover -> handover.term().isAfter(turn.durable.reign()))
            .filter(handover -> !turn.durable.term().isAfter(handover.term()))
            .filter(handover -> !watch.declined().equals(Optional.of(handover.term())))
            .isPresent();
  }

  /**
   * The giver takes the role back after a while. An offer is good in the same breath in which the
   * giver was heard to hold the mandate, and so never in a life that began after that.
   */
  private static boolean isLate(Turn turn, NodeName giver) {
    return turn.view
        .of(giver)
        .heldAt()
        .filter(held -> held.until(turn.at).compareTo(turn.timing.suspicion()) <= 0)
        .isEmpty();
  }

  private static void decline(Turn turn, Watch watch, Heartbeat giver) {
    Term offered = giver.handover().orElseThrow().term();
    turn.tell(
        Rule.OFFER_TOO_LATE,
        giver.from() + " released term " + offered + " and may take it back by now");
    keep(turn, watch.backingOff(watch.notBefore(), Optional.of(offered)));
  }

  private static Watch takeBack(Turn turn, Watch before, List<Heartbeat> passive) {
    Watch watch = before;
    for (Heartbeat target : passive) {
      watch = takeBack(turn, watch, target);
    }
    return watch;
  }

  private static Watch takeBack(Turn turn, Watch watch, Heartbeat target) {
    var offer = turn.durable.offer().filter(o -> o.to().equals(target.from()));
    if (offer.isEmpty()) {
      return watch;
    }
    Term offered = offer.get().term();
    if (target.declined().equals(Optional.of(offered))) {
      handBack(
          turn,
          offer.get(),
          target.from() + " declined term " + offered,
          target.from() + " could not start; " + turn.policy.self() + " takes the role back");
      return watch.backingOff(turn.at, watch.declined());
    }
    boolean isStale = turn.isDue(watch.notBefore().plus(turn.timing.primaryTimeout()));
    if (isStale && target.term().isAfter(offered)) {
      String fact = target.from() + " does not serve, and term " + target.term() + " came since";
      handBack(turn, offer.get(), fact, fact);
    }
    return watch;
  }

  private static void handBack(Turn turn, Durable.Offer offer, String fact, String answer) {
    turn.durable = turn.durable.withOffer(Optional.empty());
    turn.tell(Rule.HANDED_BACK, fact);
    turn.answer(offer.operation(), new Reply.Failed(Rule.HANDED_BACK, answer));
  }

  private static void settleOffer(Turn turn, Heartbeat serving) {
    turn.durable
        .offer()
        .ifPresent(
            offer -> {
              String fact = serving.from() + " serves in term " + serving.reign();
              if (!serving.from().equals(offer.to())) {
                handBack(turn, offer, fact, fact + ", not " + offer.to());
                return;
              }
              turn.durable = turn.durable.withOffer(Optional.empty());
              turn.tell(Rule.SWITCHED_OVER, fact);
              turn.answer(
                  offer.operation(),
                  new Reply.Done(serving.from() + " is active in term " + serving.reign()));
            });
  }

  private static Watch calm(Turn turn, Watch watch, Heartbeat heard) {
    if (watch.suspectedAt().isEmpty() && !watch.cancelled()) {
      return watch;
    }
    turn.tell(Rule.PEER_IS_BACK, heard.from() + " is " + heard.role().word());
    return watch.suspectedAt().isPresent() ? seekAnew(turn, watch.calm()) : watch.calm();
  }

  /**
   * Votes that could not be had before may be had now: who sought them in vain is as one that has
   * not tried, and who served last goes first. Who could not start still cannot.
   */
  static Watch seekAnew(Turn turn, Watch watch) {
    if (turn.policy.arbiter().granting() instanceof Arbiter.Granting.Proven) {
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
