package understudy.failover;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import understudy.failover.Effect.Reply;
import understudy.failover.Heartbeat.Stage;

/**
 * The role given away in a planned move, at both ends: taken up or declined by who it was offered
 * to, taken back or settled by who offered it.
 */
final class Offers {
  private Offers() {}

  /** The heard peer that offers this node the role; empty: none does. */
  static Optional<Heartbeat> giver(Turn turn, Watch watch, Neighbours neighbours) {
    for (Heartbeat peer : neighbours.heard()) {
      if (isToMe(turn, watch, peer)) {
        return Optional.of(peer);
      }
    }
    return Optional.empty();
  }

  /**
   * Who offers this node the role so lately that it cannot take it back before this one takes it up
   * beside a silent node.
   */
  static Optional<Heartbeat> giverInTime(Turn turn, Watch watch) {
    return giver(turn, watch, new Neighbours(turn)).filter(giver -> isInTime(turn, giver));
  }

  static boolean isInTime(Turn turn, Heartbeat giver) {
    Duration good = turn.timing.primaryTimeout().plus(turn.timing.suspicion());
    return turn.view
        .of(giver.from())
        .heldAt()
        .filter(held -> !turn.isDue(held.plus(good)))
        .isPresent();
  }

  static void takeUp(Turn turn, Watch watch, Heartbeat giver) {
    if (isLate(turn, giver.from())) {
      decline(turn, watch, giver);
      return;
    }
    Watching.keep(turn, watch);
    if (!Blocks.isProvenConnected(turn)) {
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

  private static boolean isToMe(Turn turn, Watch watch, Heartbeat heartbeat) {
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
   * Nobody is silent: an offer is good for one suspicion time after the giver was heard to hold the
   * mandate, as it takes the role back then, and so never in a life that began after that.
   */
  private static boolean isLate(Turn turn, NodeName giver) {
    return turn.view
        .of(giver)
        .heldAt()
        .filter(held -> held.until(turn.at).compareTo(turn.timing.suspicion()) <= 0)
        .isEmpty();
  }

  static void decline(Turn turn, Watch watch, Heartbeat giver) {
    Term offered = giver.handover().orElseThrow().term();
    turn.tell(
        Rule.OFFER_TOO_LATE,
        giver.from() + " released term " + offered + " and may take it back by now");
    Watching.keep(turn, watch.backingOff(watch.notBefore(), Optional.of(offered)));
  }

  static Watch takeBack(Turn turn, Watch before, List<Heartbeat> passive) {
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
    Optional<String> takenUp = takenUp(turn, offer.get());
    if (takenUp.isPresent()) {
      settle(turn, offer.get(), takenUp.get(), takenUp.get());
      return watch;
    }
    if (target.declined().filter(term -> !offered.isAfter(term)).isPresent()) {
      handBack(
          turn,
          offer.get(),
          target.from() + " declined term " + offered,
          target.from() + " could not start; " + turn.policy.self() + " takes the role back");
      return watch.backingOff(turn.at, watch.declined());
    }
    boolean isStale = turn.isDue(watch.notBefore().plus(turn.timing.primaryTimeout()));
    boolean isOver = target.term().isAfter(offered) || target.reign().equals(offered);
    if (isStale && isOver) {
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

  static void settle(Turn turn, Heartbeat serving) {
    turn.durable
        .offer()
        .ifPresent(
            offer -> {
              String fact = serving.from() + " serves in term " + serving.reign();
              Optional<String> takenUp = takenUp(turn, offer);
              if (serving.from().equals(offer.to())) {
                String answer = serving.from() + " is active in term " + serving.reign();
                settle(turn, offer, fact, answer);
              } else if (takenUp.isPresent()) {
                settle(turn, offer, takenUp.get(), takenUp.get());
              } else {
                handBack(turn, offer, fact, fact + ", not " + offer.to());
              }
            });
  }

  /** This node claims the role itself: it takes it back, unless the other had it meanwhile. */
  static void endByOwnClaim(Turn turn, Durable.Offer offer, Rule cause) {
    Optional<String> takenUp = takenUp(turn, offer);
    String takenBack = turn.policy.self() + " took the role back from " + offer.to();
    turn.answer(
        offer.operation(),
        takenUp.<Reply>map(Reply.Done::new).orElseGet(() -> new Reply.Failed(cause, takenBack)));
  }

  /**
   * That the target served since, though no word came of it then, or none could be taken in: it may
   * have taken the offer up in a later term, beside a silent node.
   */
  private static Optional<String> takenUp(Turn turn, Durable.Offer offer) {
    return Optional.ofNullable(turn.view.peers().find(offer.to()))
        .map(Sighting::served)
        .filter(served -> !offer.term().isAfter(served))
        .map(served -> offer.to() + " served in term " + served);
  }

  private static void settle(Turn turn, Durable.Offer offer, String fact, String answer) {
    turn.durable = turn.durable.withOffer(Optional.empty());
    turn.tell(Rule.SWITCHED_OVER, fact);
    turn.answer(offer.operation(), new Reply.Done(answer));
  }
}
