package understudy.node;

import java.util.Optional;
import understudy.api.Views.Operation;
import understudy.failover.NodeName;
import understudy.wire.Member;
import understudy.wire.Members;

/**
 * An operation that runs on another node; its id is {@code node:id} here.
 *
 * @param id as that node calls it
 */
record Forwarded(Member peer, String id) {
  private static final char SEPARATOR = ':';

  /** The peer's operation as shown here. */
  static Operation from(Member peer, Operation there) {
    return new Operation(
        peer.name().value() + SEPARATOR + there.id(),
        there.action(),
        there.state(),
        there.steps(),
        there.code(),
        there.message(),
        there.fix(),
        there.started(),
        there.finished(),
        there.progress());
  }

  /** Empty when the id is one of our own, or of a node that is no member. */
  static Optional<Forwarded> parse(String id, Members members) {
    int at = id.indexOf(SEPARATOR);
    if (at < 1) {
      return Optional.empty();
    }
    try {
      return members
          .named(new NodeName(id.substring(0, at)))
          .map(peer -> new Forwarded(peer, id.substring(at + 1)));
    } catch (IllegalArgumentException noName) {
      return Optional.empty();
    }
  }
}
