package understudy.failover;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import understudy.failover.Arbiter.Block;
import understudy.time.Moment;

/**
 * The fence command: switches a silent peer off by a way of its own (IPMI, a hypervisor, a cloud).
 * Where one is configured it has to succeed before a takeover, and is tried only when nothing else
 * speaks against that.
 */
final class PeerFence {
  private PeerFence() {}

  /** How far it is with one peer. */
  sealed interface Attempt {
    /** Not tried since the peer was last heard. */
    record None() implements Attempt {}

    /** The command runs. Its end is always reported. */
    record UnderWay() implements Attempt {}

    /** The command said that the peer is off. */
    record Succeeded(Moment at) implements Attempt {}

    /** The peer may still run. */
    record Failed(Moment at, String evidence) implements Attempt {}
  }

  /** What the fence command still owes, one for each silent peer. */
  static List<Block> blocks(Turn turn, Neighbours neighbours) {
    var blocks = new ArrayList<Block>();
    if (!turn.policy.fencesFirst()) {
      return blocks;
    }
    for (NodeName peer : neighbours.silent()) {
      switch (turn.view.of(peer).fence()) {
        case Attempt.None _ -> blocks.add(new Block(Rule.FENCE_FIRST, peer + " is not fenced yet"));
        case Attempt.UnderWay _ ->
            blocks.add(new Block(Rule.FENCE_FIRST, "the fence command runs against " + peer));
        case Attempt.Failed(_, String evidence) ->
            blocks.add(new Block(Rule.FENCE_FAILED, peer + ": " + evidence));
        case Attempt.Succeeded(Moment at) -> {
          if (isOver(turn, at)) {
            blocks.add(new Block(Rule.FENCE_FIRST, peer + " may have been switched on since"));
          }
        }
      }
    }
    return blocks;
  }

  /**
   * Nothing but the fence is missing: fences every silent peer that is due.
   *
   * @param asked by a person; what failed before is tried at once
   */
  static void attempt(Turn turn, Neighbours neighbours, Optional<Moment> asked) {
    for (NodeName peer : neighbours.silent()) {
      boolean isDue =
          switch (turn.view.of(peer).fence()) {
            case Attempt.None _ -> true;
            case Attempt.UnderWay _ -> false;
            case Attempt.Failed(Moment at, _) ->
                isOver(turn, at) || asked.filter(at::isBefore).isPresent();
            case Attempt.Succeeded(Moment at) -> isOver(turn, at);
          };
      if (isDue) {
        turn.act(new Effect.FencePeer(peer));
        turn.tell(Rule.FENCE_FIRST, "fences " + peer);
        keep(turn, peer, new Attempt.UnderWay());
      }
    }
  }

  /** The command runs against a node that is silent still. */
  static boolean isUnderWay(Turn turn) {
    return new Neighbours(turn)
        .silent().stream().anyMatch(peer -> turn.view.of(peer).fence() instanceof Attempt.UnderWay);
  }

  static boolean isOwed(Block block) {
    return block.rule() == Rule.FENCE_FIRST || block.rule() == Rule.FENCE_FAILED;
  }

  /** A success says little of later, and a failure is tried again: both count for so long. */
  private static boolean isOver(Turn turn, Moment at) {
    Duration age = at.until(turn.at);
    return age.compareTo(turn.timing.primaryTimeout()) > 0;
  }

  static void ended(Turn turn, Input.PeerFenced ended) {
    if (turn.view.peers().containsKey(ended.peer())) {
      keep(
          turn,
          ended.peer(),
          ended
              .trouble()
              .<Attempt>map(trouble -> new Attempt.Failed(turn.at, trouble))
              .orElseGet(() -> new Attempt.Succeeded(turn.at)));
    }
  }

  /** Also told when the peer spoke up meanwhile: the history says what was done to it. */
  static void tell(Turn turn, Input.PeerFenced ended) {
    turn.tell(
        ended.trouble().isPresent() ? Rule.FENCE_FAILED : Rule.FENCED,
        ended.peer() + ended.trouble().map(trouble -> ": " + trouble).orElse(" is switched off"));
  }

  /** A peer that is fenced says nothing new of its service: the view keeps the rest as it is. */
  private static void keep(Turn turn, NodeName peer, Attempt attempt) {
    Sighting fenced = turn.view.of(peer).fenced(attempt);
    turn.view = turn.view.withPeers(turn.view.peers().with(peer, fenced));
  }
}
