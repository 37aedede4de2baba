package understudy.failover;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import understudy.failover.Arbiter.Block;
import understudy.failover.Arbiter.Claim;
import understudy.time.Moment;

/**
 * What speaks against taking the mandate. Reads the turn and changes nothing; each list is the
 * caller's own, to add to.
 */
final class Blocks {
  /** What does not hold for who is given the role: its giver had it, so nobody has newer data. */
  private static final Set<Rule> LIFTED_BY_OFFER =
      Set.of(
          Rule.ASKS_FIRST,
          Rule.KEEPS_STANDBY,
          Rule.TOO_MUCH_LOSS,
          Rule.AUTOMATION_PAUSED,
          Rule.DR_BY_HAND,
          Rule.UNWILLING,
          Rule.NEVER_MET);

  private Blocks() {}

  /** Some are silent. */
  static List<Block> besideSilent(Turn turn, Watch watch) {
    List<Block> blocks = own(turn, watch);
    blocks.addAll(onFailure(turn));
    if (!Loss.wasWeighed(turn)) {
      blocks.addAll(Loss.guard(turn.policy, Loss.besideSilent(turn)));
    }
    if (watch.cancelled()) {
      blocks.add(new Block(Rule.CANCELLED, "until a peer is heard again"));
    }
    turn.durable.offer().ifPresent(offer -> blocks.addAll(mayRiseUnheard(turn, watch, offer)));
    var claim = new Claim(turn.policy, turn.durable, turn.view, turn.at);
    blocks.addAll(turn.policy.arbiter().blocks(claim));
    if (Offers.giverInTime(turn, watch).isPresent()) {
      blocks.removeIf(block -> LIFTED_BY_OFFER.contains(block.rule()));
    }
    return blocks;
  }

  /** Nobody is silent, and none serves. */
  static List<Block> amongHeard(Turn turn, Watch watch, Neighbours neighbours) {
    List<Block> blocks = own(turn, watch);
    if (turn.durable.reignedLast()) { // it takes nobody's place
      blocks.removeIf(block -> block.rule() == Rule.AUTOMATION_PAUSED);
    }
    if (!isProvenConnected(turn)) {
      blocks.add(unproven());
    }
    if (turn.provesItself()) {
      neighbours
          .perhapsHolding()
          .forEach(
              peer ->
                  blocks.add(
                      new Block(
                          Rule.LISTENING,
                          peer + " may have taken term " + turn.durable.term() + " a moment ago")));
    }
    if (turn.policy.peers().isEmpty() && !turn.durable.reign().equals(turn.durable.term())) {
      // What is left of a broken pair: the other half goes on serving.
      String fact = "term " + turn.durable.term() + " was not its own; understudy promote";
      blocks.add(new Block(Rule.SERVED_ELSEWHERE, fact));
    }
    return blocks;
  }

  static List<Block> onFailure(Turn turn) {
    return switch (turn.policy.onFailure()) {
      case PROMOTE -> List.of();
      case ASK -> List.of(new Block(Rule.ASKS_FIRST, "say yes with: understudy promote"));
      case KEEP_STANDBY -> List.of(new Block(Rule.KEEPS_STANDBY, "only notifies"));
    };
  }

  /**
   * Who was offered the role and fell silent counts the silence from the same moment: who gave it
   * waits for longer, or both would rise at once.
   */
  private static List<Block> mayRiseUnheard(Turn turn, Watch watch, Durable.Offer offer) {
    long leftMillis =
        turn.at.until(watch.notBefore().plus(turn.timing.primaryTimeout())).toMillis();
    return leftMillis <= 0 || !turn.provesItself()
        ? List.of()
        : List.of(
            new Block(
                Rule.UNPROVEN,
                offer.to() + " may take up the role unheard for " + leftMillis + " ms more"));
  }

  /** What in this node itself speaks against it. */
  private static List<Block> own(Turn turn, Watch watch) {
    var blocks = new ArrayList<Block>();
    Times times = turn.view.times();
    Moment listensUntil = Moment.laterOf(times.listenUntil(), times.unsureUntil());
    if (turn.at.isBefore(listensUntil)) {
      // Heartbeats that waited while this daemon slept, or on their way, may tell of a past world.
      long left = turn.at.until(listensUntil).toMillis();
      blocks.add(new Block(Rule.LISTENING, left + " ms left"));
    }
    if (!turn.view.data().isWhole()) {
      blocks.add(new Block(Rule.NO_GENERATION, turn.view.data().toString()));
    }
    if (!turn.view.fit()) {
      blocks.add(new Block(Rule.UNFIT, "see: understudy ready"));
    }
    turn.durable
        .pause()
        .ifPresent(pause -> blocks.add(new Block(Rule.AUTOMATION_PAUSED, pause.reason())));
    blocks.addAll(PeerPin.blocks(turn));
    if (turn.policy.designation() == Designation.DR) {
      blocks.add(new Block(Rule.DR_BY_HAND, "understudy promote"));
    }
    if (!turn.durable.willing()) {
      blocks.add(new Block(Rule.UNWILLING, "understudy promote"));
    }
    if (turn.at.isBefore(watch.notBefore())) {
      Rule why = turn.durable.offer().isPresent() ? Rule.OFFER_PENDING : Rule.BACKS_OFF;
      blocks.add(new Block(why, turn.at.until(watch.notBefore()).toMillis() + " ms left"));
    }
    return blocks;
  }

  /** A mandate claimed now would last for a while; where others grant it, that is theirs to say. */
  static boolean isProvenConnected(Turn turn) {
    return !turn.provesItself() || turn.mandateUntil().isAfter(turn.at);
  }

  /** So lately that there is time to renew a mandate claimed now. */
  static boolean isLatelyProvenConnected(Turn turn) {
    return !turn.provesItself() || turn.mandateUntil().isAfter(turn.in(turn.timing.halfLease()));
  }

  static Block unproven() {
    return new Block(Rule.UNPROVEN, "nothing shows that this node is not cut off");
  }
}
