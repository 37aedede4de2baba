package understudy.node;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import understudy.api.Action;
import understudy.api.Views.Operation;
import understudy.failover.Rule;
import understudy.wire.Member;

/** Tells the other nodes what was done here and concerns them, too. */
final class Spreading {
  /** The other nodes are told of it only when it is done here: the disk may need its time. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private static final String NOTHING_TO_CANCEL = Operations.code(Rule.NOTHING_TO_CANCEL);

  private final Operations operations;
  private final PeerCalls calls;
  private final Documents documents;

  Spreading(Operations operations, PeerCalls calls, Documents documents) {
    this.operations = operations;
    this.calls = calls;
    this.documents = documents;
  }

  /** The operation that was begun here, with what became of it on those nodes. */
  Operation spread(Action action, String by, Operation begun, List<Member> concerned) {
    Operation own = ended(begun);
    if (own.finished() == null) {
      return operations.add(own.id(), "the other nodes were not told yet: repeat it");
    }
    if (!own.state().equals("done")) {
      return own;
    }
    var also = new ArrayList<String>();
    for (Member peer : concerned) {
      try {
        if (!documents.isHeard(peer.name())) {
          throw new IOException("it is not heard");
        }
        Operation there =
            calls
                .act(peer, action, by, Optional.empty())
                .orElseThrow(() -> new IOException("it did not take it"));
        also.addAll(told(peer, there));
      } catch (IOException unreachable) {
        also.add(
            "not on " + peer.name() + ", repeat it when it is back: " + unreachable.getMessage());
      }
    }
    return also.isEmpty() ? own : operations.add(own.id(), String.join("; ", also));
  }

  private static List<String> told(Member peer, Operation there) {
    if (NOTHING_TO_CANCEL.equals(there.code())) {
      return List.of(); // it counted nothing
    }
    return List.of(
        switch (there.state()) {
          case "done" -> "also on " + peer.name();
          case "running" -> "begun on " + peer.name();
          default -> "not on " + peer.name() + ": " + there.message();
        });
  }

  private Operation ended(Operation own) {
    try {
      return operations.awaitEnd(own.id(), PATIENCE).orElse(own);
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      return own;
    }
  }
}
