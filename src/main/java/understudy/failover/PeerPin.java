package understudy.failover;

import java.util.List;
import java.util.Optional;

/**
 * Another node's service goes on while its daemon is away: nobody but that node may end this before
 * its time, and only force goes over it.
 */
public final class PeerPin {
  private PeerPin() {}

  /** The node that is to be left alone; one that is no member any more is not. */
  public static Optional<Durable.Pinned> of(Policy policy, Durable durable) {
    return durable.pinned().filter(pinned -> policy.peers().containsKey(pinned.node()));
  }

  static void set(Turn turn, Request.Pinned told) {
    var fresh = new Durable.Pinned(told.node(), told.until());
    boolean isNew = turn.durable.pinned().isEmpty();
    turn.durable = turn.durable.withPinned(Optional.of(fresh));
    if (isNew) { // it is told once more when that daemon really ends
      turn.tell(Rule.LEAVES_ALONE, sentence(fresh));
    }
  }

  static void lift(Turn turn, Request.Unpinned told) {
    turn.durable
        .pinned()
        .filter(pinned -> pinned.node().equals(told.node()))
        .filter(pinned -> told.until().isEmpty() || told.until().get().equals(pinned.until()))
        .ifPresent(pinned -> forget(turn, told.node() + " is as any other"));
  }

  /**
   * Another one was given the role, or a person took it for that one: the pin has ended with it.
   */
  static void lapse(Turn turn, Heartbeat serving) {
    turn.durable
        .pinned()
        .filter(pinned -> !pinned.node().equals(serving.from()))
        .ifPresent(pinned -> forget(turn, serving.from() + " serves now"));
  }

  private static void forget(Turn turn, String why) {
    turn.durable = turn.durable.withPinned(Optional.empty());
    turn.tell(Rule.PIN_IS_OVER, why);
  }

  static List<Arbiter.Block> blocks(Turn turn) {
    return of(turn.policy, turn.durable).stream()
        .map(pinned -> new Arbiter.Block(Rule.PEER_PINNED, sentence(pinned)))
        .toList();
  }

  static String sentence(Durable.Pinned pinned) {
    return pinned.node()
        + " restarts its daemon, and its service goes on meanwhile, until "
        + pinned.until();
  }
}
