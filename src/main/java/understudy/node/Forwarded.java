package understudy.node;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
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
  /** The state of one whose node does not answer. */
  static final String UNKNOWN = "unknown";

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

  /** What is known of it while its node does not answer: it may run, or have ended. */
  Operation unknown(IOException silence, Instant now) {
    return Operation.plain(
        peer.name().value() + SEPARATOR + id,
        "forwarded",
        UNKNOWN,
        List.of(),
        "peer-unreachable",
        peer.name() + " does not answer; the operation may be under way: " + silence.getMessage(),
        "ask again in a moment, or see: understudy status",
        now,
        null);
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
