package understudy.node;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import understudy.api.DataAction;
import understudy.api.Views.Operation;
import understudy.config.Sizes;
import understudy.wire.Member;
import understudy.wire.Members;

/** Sets how fast datasets are received: here and, because roles change, on every other node. */
record Limiting(SyncDriver sync, Operations operations, PeerCalls calls, Members members) {

  Operation set(DataAction action, String by, Optional<String> key, boolean isForwarded) {
    List<String> wanted = action.dataset() == null ? sync.datasets() : List.of(action.dataset());
    if (!sync.datasets().containsAll(wanted)) {
      throw new IllegalArgumentException(
          "there is no dataset '"
              + action.dataset()
              + "'; the datasets are: "
              + String.join(", ", sync.datasets()));
    }
    Long rate = action.bytesPerSecond();
    if (rate != null && rate < 0) {
      throw new IllegalArgumentException("a rate is 0 (no limit) or more bytes per second");
    }
    long operation = operations.begin(DataAction.Kind.LIMIT.word(), key);
    String words = String.join(", ", wanted) + ": " + words(rate);
    if (DataAction.isTrue(action.dryRun())) {
      return operations.end(operation, "done", null, "would set " + words, null);
    }
    OptionalLong limit = rate == null ? OptionalLong.empty() : OptionalLong.of(rate);
    wanted.forEach(dataset -> sync.limit(dataset, limit));
    var told = new ArrayList<>(List.of(words));
    if (!isForwarded) {
      members.peers().forEach(peer -> told.add(tell(peer, action, by)));
    }
    return operations.end(operation, "done", null, String.join("; ", told), null);
  }

  private static String words(@Nullable Long rate) {
    return rate == null
        ? "as the configuration says"
        : (rate == 0 ? "no limit" : "at most " + Sizes.format(rate) + " a second")
            + ", until it is set again or the daemon restarts";
  }

  private String tell(Member peer, DataAction action, String by) {
    try {
      return calls
          .act(peer, action, by, Optional.empty())
          .filter(there -> there.state().equals("done"))
          .map(_ -> "also on " + peer.name())
          .orElse("not on " + peer.name());
    } catch (IOException unreachable) {
      return "not on " + peer.name() + ", repeat it when it is back: " + unreachable.getMessage();
    }
  }
}
