package understudy.failover;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import understudy.failover.Arbiter.Block;
import understudy.failover.Situation.Phase;
import understudy.failover.Situation.Starting;
import understudy.failover.Watch.Approval;
import understudy.time.Moment;

/** When a watching node claims the mandate, and what holds it back. */
final class Takeover {
  /** Blocks that a person's yes lifts without force. */
  private static final Set<Rule> LIFTED_BY_APPROVAL =
      Set.of(
          Rule.AUTOMATION_PAUSED,
          Rule.ASKS_FIRST,
          Rule.KEEPS_STANDBY,
          Rule.CANCELLED,
          Rule.DR_BY_HAND,
          Rule.BACKS_OFF,
          Rule.UNWILLING,
          Rule.SERVED_ELSEWHERE,
          Rule.OFFER_PENDING);

  /** Blocks that time alone may lift: an approved promotion waits for them. */
  private static final Set<Rule> PASSING =
      Set.of(Rule.LISTENING, Rule.UNPROVEN, Rule.SERVICE_ANSWERS, Rule.FENCE_FIRST);

  private Takeover() {}

  /** A peer is silent: suspect, count down, look at the network, claim when nothing forbids it. */
  static void consider(Turn turn, Watch before, Neighbours neighbours) {
    Duration silence = neighbours.silence();
    Watch watch = before;
    if (silence.compareTo(turn.timing.suspicion()) > 0 && watch.suspectedAt().isEmpty()) {
      watch = watch.suspecting(turn.at).blocked(List.of()); // beside a silent node it is told anew
      turn.tell(
          Rule.PEER_IS_SILENT,
          neighbours.silent() + " silent for " + silence.toMillis() + " ms",
          "takeover at " + turn.timing.primaryTimeout().toMillis() + " ms");
    }
    Optional<Approval> approval = watch.approval();
    Watching.keep(turn, watch);
    if (approval.isPresent()) {
      boolean isInTime = !turn.isDue(approval.get().deadline());
      if (isInTime && isOnlyFenceOwed(blocksOfApproved(turn, watch, neighbours))) {
        // Before it is judged by a failure that the person has perhaps mended.
        PeerFence.attempt(turn, neighbours, askedAt(turn, approval.get()));
      }
      List<Block> blocks = blocksOfApproved(turn, watch, neighbours);
      claimAsApproved(turn, watch, approval.get(), blocks, Loss.besideSilent(turn));
    } else if (silence.compareTo(turn.timing.primaryTimeout()) >= 0) {
      claimUnlessBlocked(turn, watch, neighbours);
    }
  }

  private static void claimUnlessBlocked(Turn turn, Watch watch, Neighbours neighbours) {
    List<Block> blocks = blocks(turn, watch, neighbours);
    Optional<Heartbeat> giver = Offers.giverInTime(turn, watch);
    Optional<Heartbeat> better = better(turn, watch, neighbours);
    if (giver.isEmpty() && better.filter(peer -> heldLately(turn, peer)).isPresent()) {
      blocks.add(goesFirst(better.get()));
    }
    String silence = "silent for " + neighbours.silence().toMillis() + " ms";
    if (!blocks.isEmpty()) {
      hold(turn, watch, blocks);
      if (blocks.stream().allMatch(PeerFence::isOwed)) {
        PeerFence.attempt(turn, neighbours, Optional.empty());
      }
    } else if (giver.isPresent()) {
      // Not the offered term: a silent one that did not hear of it might claim the same.
      String released = giver.get().from() + " released the mandate";
      String others = neighbours.silent() + " " + silence;
      claim(turn, turn.nextTerm(), Rule.OFFERED, Optional.empty(), released, others);
    } else {
      String loss = Loss.sentence(Loss.besideSilent(turn));
      claim(turn, turn.nextTerm(), Rule.TAKES_OVER, Optional.empty(), silence, loss);
    }
  }

  private static List<Block> blocksOfApproved(Turn turn, Watch watch, Neighbours neighbours) {
    List<Block> blocks = blocks(turn, watch, neighbours);
    Duration silence = neighbours.silence();
    if (silence.compareTo(turn.timing.primaryTimeout()) < 0) {
      blocks.add(new Block(Rule.LISTENING, "silent for only " + silence.toMillis() + " ms"));
    }
    return blocks;
  }

  private static Optional<Moment> askedAt(Turn turn, Approval approval) {
    return Optional.of(approval.deadline().minus(turn.timing.promotionWithin()));
  }

  private static boolean isOnlyFenceOwed(List<Block> blocks) {
    List<Block> standing =
        blocks.stream().filter(block -> !LIFTED_BY_APPROVAL.contains(block.rule())).toList();
    return !standing.isEmpty() && standing.stream().allMatch(PeerFence::isOwed);
  }

  /** What speaks against it, what the fence command owes included. */
  private static List<Block> blocks(Turn turn, Watch watch, Neighbours neighbours) {
    List<Block> blocks = Blocks.besideSilent(turn, watch);
    blocks.addAll(PeerFence.blocks(turn, neighbours));
    return blocks;
  }

  /** Nothing happens, and the history says why, once for every change of the reasons. */
  private static void hold(Turn turn, Watch watch, List<Block> blocks) {
    var rules = new ArrayList<Rule>(blocks.size());
    blocks.forEach(block -> rules.add(block.rule()));
    if (!rules.equals(watch.blockedBy())) {
      List<String> facts = new ArrayList<>(List.of(blocks.getFirst().evidence()));
      facts.addAll(Watching.facts(blocks.subList(1, blocks.size())));
      turn.tell(rules.getFirst(), facts.toArray(String[]::new));
    }
    Watching.keep(turn, watch.blocked(rules));
  }

  private static void claimAsApproved(
      Turn turn, Watch watch, Approval approval, List<Block> all, Optional<Duration> loss) {
    List<Block> blocks =
        approval.forced()
            ? againstForce(turn)
            : all.stream().filter(block -> !LIFTED_BY_APPROVAL.contains(block.rule())).toList();
    if (blocks.isEmpty()) {
      boolean claimed =
          claim(
              turn,
              turn.nextTerm(),
              approval.forced() ? Rule.FORCED : Rule.PROMOTED,
              Optional.of(approval.operation()),
              Loss.sentence(loss));
      if (claimed || !turn.isDue(approval.deadline())) {
        return;
      }
      blocks = Voting.lacking(turn);
      if (blocks.isEmpty()) {
        blocks = List.of(new Block(Rule.OTHER_FIRST, "another node asks for votes"));
      }
    }
    boolean listens = blocks.stream().anyMatch(block -> block.rule() == Rule.LISTENING);
    boolean hopeless =
        !listens && blocks.stream().anyMatch(block -> !PASSING.contains(block.rule()));
    boolean isFencing = PeerFence.isUnderWay(turn); // then what the command says decides
    if (!isFencing && (hopeless || turn.isDue(approval.deadline()))) {
      List<Rule> rules = blocks.stream().map(Block::rule).toList();
      Watching.keep(turn, watch.approved(Optional.empty()).blocked(rules));
      turn.refuse(
          approval.operation(),
          blocks.getFirst().rule(),
          Watching.facts(blocks),
          canBeForced(turn, approval) ? Optional.of("promote --force") : Optional.empty());
    }
  }

  /** A mandate that is over at once starts nothing: only a look at the network can tell. */
  private static List<Block> againstForce(Turn turn) {
    if (Blocks.isLatelyProvenConnected(turn)) {
      return List.of();
    }
    turn.probeEvery(turn.timing.lookEvery());
    return List.of(Blocks.unproven());
  }

  /** Not even a person starts a service on half of its data. */
  private static boolean canBeForced(Turn turn, Approval approval) {
    return !approval.forced() && turn.view.data().isWhole();
  }

  /** All other nodes are heard and serve nothing. */
  static void claimIfFirstChoice(Turn turn, Watch watch, Neighbours neighbours) {
    List<Block> blocks = Blocks.amongHeard(turn, watch, neighbours);
    Optional<Heartbeat> better = better(turn, watch, neighbours);
    if (better.isPresent() && watch.approval().isEmpty()) {
      blocks.add(goesFirst(better.get()));
      hold(turn, watch, blocks);
      return;
    }
    List<Sighting> later = neighbours.servedAfter(turn.durable.served());
    boolean wasWeighed = Loss.wasWeighed(turn);
    boolean isLastServedMet =
        wasWeighed
            ? turn.view.isKnownServedMet(turn.durable)
            : turn.view.isLastServedMet(turn.durable);
    Optional<Duration> asFarAsKnown = Loss.beside(turn, later);
    Optional<Duration> loss = isLastServedMet ? asFarAsKnown : Loss.ofUnknownLast(turn);
    // To take the place of who served last and cannot now is a failover, though it is heard.
    if (!isLastServedMet || isFailureOfLast(later)) {
      blocks.addAll(Blocks.onFailure(turn));
    }
    blocks.addAll(Loss.guard(turn.policy, wasWeighed ? asFarAsKnown : loss));
    if (watch.approval().isPresent()) {
      claimAsApproved(turn, watch, watch.approval().get(), blocks, loss);
    } else if (blocks.isEmpty()) {
      Rule cause = neighbours.heard().isEmpty() ? Rule.SERVES_ALONE : Rule.NOBODY_SERVES;
      claim(turn, turn.nextTerm(), cause, Optional.empty(), Loss.sentence(loss));
    } else {
      hold(turn, watch, blocks);
    }
  }

  /** Who is heard, able, and goes first; not who waits for a person. */
  private static Optional<Heartbeat> better(Turn turn, Watch watch, Neighbours neighbours) {
    return neighbours.passive().stream()
        .filter(peer -> peer.ready() && peer.willing() && !peer.asks())
        .filter(peer -> rank(peer, turn.policy).compareTo(ownRank(turn, watch)) > 0)
        .max(Comparator.comparing(peer -> rank(peer, turn.policy)));
  }

  private static Block goesFirst(Heartbeat better) {
    return new Block(Rule.OTHER_FIRST, better.from() + " goes first");
  }

  /** So lately that it may not have counted yet for how long the silent ones are silent. */
  private static boolean heldLately(Turn turn, Heartbeat peer) {
    Duration patience = turn.timing.primaryTimeout().multipliedBy(2);
    return turn.view
        .of(peer.from())
        .heldAt()
        .filter(held -> !turn.isDue(held.plus(patience)))
        .isPresent();
  }

  /** Whom a person demoted is replaced unasked, whoever served before that. */
  private static boolean isFailureOfLast(List<Sighting> later) {
    return later.stream()
        .max(Comparator.comparing(Sighting::served))
        .flatMap(Sighting::last)
        .filter(Heartbeat::willing)
        .isPresent();
  }

  /**
   * Who could not start steps behind who has not tried since; who served last has the newest data;
   * then the designation; then the name, so that two never agree on themselves.
   */
  private record Rank(Term declined, Term served, Designation designation, NodeName name)
      implements Comparable<Rank> {
    private static final Comparator<Rank> ORDER =
        Comparator.comparing(Rank::declined, Comparator.reverseOrder())
            .thenComparing(Rank::served)
            .thenComparing(Rank::designation, Comparator.reverseOrder())
            .thenComparing(Rank::name, Comparator.reverseOrder());

    @Override
    public int compareTo(Rank other) {
      return ORDER.compare(this, other);
    }
  }

  private static Rank rank(Heartbeat peer, Policy policy) {
    Designation designation = policy.peers().getOrDefault(peer.from(), Designation.DR);
    return new Rank(peer.declined().orElse(Term.NONE), peer.served(), designation, peer.from());
  }

  private static Rank ownRank(Turn turn, Watch watch) {
    return new Rank(
        watch.declined().orElse(Term.NONE),
        turn.durable.served(),
        turn.policy.designation(),
        turn.policy.self());
  }

  /**
   * Takes the mandate, or asks for it where it must be granted; false while it is not. The term is
   * on disk before any effect runs.
   */
  static boolean claim(
      Turn turn, Term wanted, Rule cause, Optional<Long> operation, String... facts) {
    boolean proven = turn.provesItself();
    if (!proven && !isGranted(turn, wanted, cause, operation)) {
      return false;
    }
    Term term = proven ? wanted : Voting.term(turn);
    if (!proven) {
      turn.view = turn.view.holderKnown();
    }
    turn.durable.offer().ifPresent(offer -> Offers.endByOwnClaim(turn, offer, cause));
    turn.durable = turn.durable.withReign(term);
    Optional<Moment> fencedAt =
        proven ? new Neighbours(turn).fencedAt(term) : Optional.<Moment>empty();
    Phase phase = fencedAt.<Phase>map(Phase.Fencing::new).orElseGet(Phase.Settling::new);
    turn.act(new Effect.Follow(Optional.empty()));
    if (fencedAt.isEmpty()) {
      turn.act(new Effect.SettleData(term));
    }
    Moment deadline = fencedAt.orElse(turn.at).plus(turn.timing.startWithin());
    turn.situation = new Starting(phase, cause, operation, deadline, turn.mandateUntil());
    turn.tell(cause, facts);
    turn.answer(operation, new Effect.Reply.Underway("claimed term " + term));
    return true;
  }

  /** Seeks what others grant; says once what it still lacks. */
  private static boolean isGranted(Turn turn, Term wanted, Rule cause, Optional<Long> operation) {
    Watch watch = turn.situation.watching().orElseThrow(); // who holds a mandate claims none
    if (cause == Rule.FORCED && operation.isPresent() && watch.approval().isEmpty()) {
      var deadline = turn.in(turn.timing.primaryTimeout().multipliedBy(2));
      watch = watch.approved(Optional.of(new Approval(operation.get(), deadline, true)));
      turn.answer(operation.get(), new Effect.Reply.Underway("asks for the mandate"));
    }
    Optional<NodeName> better = betterBidder(turn, watch);
    if (better.isPresent()) {
      hold(turn, watch, List.of(new Block(Rule.OTHER_FIRST, better.get() + " asks for votes")));
      return false;
    }
    if (Voting.wins(turn, wanted)) {
      return true;
    }
    var candidacy = turn.view.election().candidacy().orElseThrow();
    if (turn.isDue(candidacy.since().plus(turn.timing.primaryTimeout()))) {
      // Another may reach more voters: it shall not wait for this one for ever.
      watch = watch.backingOff(watch.notBefore(), Optional.of(candidacy.term()));
    }
    List<Block> lacking = Voting.lacking(turn);
    if (turn.isDue(candidacy.since().plus(turn.timing.interval())) && !lacking.isEmpty()) {
      hold(turn, watch, lacking);
    } else {
      // The answers are on their way, or a later term is to be asked for.
      Watching.keep(turn, watch);
    }
    return false;
  }

  /** A node that is heard to ask for votes too, and is the better choice. */
  private static Optional<NodeName> betterBidder(Turn turn, Watch watch) {
    return new Neighbours(turn)
        .passive().stream()
            .filter(peer -> peer.votes().bid().isPresent())
            .filter(peer -> rank(peer, turn.policy).compareTo(ownRank(turn, watch)) > 0)
            .map(Heartbeat::from)
            .findFirst();
  }
}
