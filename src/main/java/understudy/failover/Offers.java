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
    if (!offered.isAfter(target.served())) {
      // Its word while it served was lost, or could not be taken in; beside a silent node it took
      // the offer up in a later term.
      String fact = target.from() + " served in term " + target.served();
      settle(turn, offer.get(), fact, fact);
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

  static void settle(Turn turn, Heartbeat serving) {
    turn.durable
        .offer()
        .ifPresent(
            offer -> {
              String fact = serving.from() + " serves in term " + serving.reign();
              if (!serving.from().equals(offer.to())) {
                handBack(turn, offer, fact, fact + ", not " + offer.to());
                return;
              }
              String answer = serving.from() + " is active in term " + serving.reign();
              settle(turn, offer, fact, answer);
            });
  }

  private static void settle(Turn turn, Durable.Offer offer, String fact, String answer) {
    turn.durable = turn.durable.withOffer(Optional.empty());
    turn.tell(Rule.SWITCHED_OVER, fact);
    turn.answer(offer.operation(), new Reply.Done(answer));
  }
}
