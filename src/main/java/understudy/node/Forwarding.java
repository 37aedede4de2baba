package understudy.node;

import java.io.IOException;
import java.util.Optional;
import understudy.api.Action;
import understudy.api.Views.Operation;
import understudy.time.Clock;
import understudy.wire.Member;
import understudy.wire.Members;

/** What another node is asked to do in the place of this one, once for one key. */
final class Forwarding {
  private final Operations operations;
  private final PeerCalls calls;
  private final Members members;
  private final Clock clock;

  Forwarding(Operations operations, PeerCalls calls, Members members, Clock clock) {
    this.operations = operations;
    this.calls = calls;
    this.members = members;
    this.clock = clock;
  }

  /**
   * The operation that this key began, here or on the node that it was forwarded to: that one is
   * asked for the same again with the same key, whoever holds the role by now.
   */
  Optional<Operation> begunWith(String key, Action action, String by) {
    Optional<Operation> here = operations.begunWith(key);
    if (here.isPresent()) {
      String begun = here.get().action();
      return Optional.of(mayBegin(action, begun) ? here.get() : reused(action, begun));
    }
    Optional<Operations.Forward> forwarded = operations.forwardedWith(key);
    Optional<Member> peer = forwarded.map(Operations.Forward::to).flatMap(members::named);
    if (peer.isEmpty()) {
      return Optional.empty();
    }
    Action sent = forwarded.flatMap(Operations.Forward::wish).orElse(action);
    String begun = sent.kind().word();
    if (action.kind() == Action.Kind.RESOLVE) {
      // It became another wish there, and who got that may serve alone by now: to be weighed anew.
      return Optional.empty();
    }
    return Optional.of(
        mayBegin(action, begun)
            ? forward(peer.get(), sent, by, Optional.of(key))
            : reused(action, begun));
  }

  /** To resolve is to promote one where none serves, and to demote the others where several do. */
  private static boolean mayBegin(Action action, String begun) {
    return begun.equals(action.kind().word())
        || (action.kind() == Action.Kind.RESOLVE
            && (begun.equals(Action.Kind.PROMOTE.word())
                || begun.equals(Action.Kind.DEMOTE.word())));
  }

  private Operation reused(Action action, String begun) {
    return operations.refuse(
        action,
        "key-reused",
        "this Idempotency-Key began a " + begun,
        "take a new key for a new wish");
  }

  boolean knowsKey(String key) {
    return operations.begunWith(key).isPresent() || operations.forwardedWith(key).isPresent();
  }

  /** Has the peer do it; an operation that has failed when the peer cannot be reached. */
  Operation forward(Member peer, Action action, String by, Optional<String> idempotencyKey) {
    // Remembered before it is sent: when the answer is lost nobody knows whether it arrived.
    idempotencyKey.ifPresent(key -> operations.forward(key, peer.name(), Optional.of(action)));
    try {
      Operation there =
          calls
              .act(peer, action, by, idempotencyKey)
              .orElseThrow(() -> new IOException(peer.name() + " did not take it"));
      return Forwarded.from(peer, there);
    } catch (IOException unreachable) {
      long operation = operations.begin(action, Optional.empty());
      return operations.end(
          operation,
          "failed",
          "peer-unreachable",
          "this is for " + peer.name() + " to do: " + unreachable.getMessage(),
          unreachable instanceof PeerCalls.AnswerLost
              ? "before you repeat it: understudy status, understudy history"
              : "look at: understudy pair test");
    }
  }

  /** The operation of that id, of this node or of another: {@code node:id}. */
  Optional<Operation> operation(String id) {
    Optional<Forwarded> forwarded = Forwarded.parse(id, members);
    if (forwarded.isEmpty()) {
      return operations.named(id);
    }
    Member peer = forwarded.get().peer();
    try {
      return calls
          .operation(peer, forwarded.get().id())
          .map(operation -> Forwarded.from(peer, operation));
    } catch (IOException unreachable) {
      return Optional.of(forwarded.get().unknown(unreachable, clock.wall()));
    }
  }
}
