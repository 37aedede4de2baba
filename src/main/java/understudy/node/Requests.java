package understudy.node;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import understudy.api.Action;
import understudy.failover.NodeName;
import understudy.failover.Request;

/** An API action as a request to the core. */
final class Requests {
  private Requests() {}

  /**
   * Empty for what the core has no part in. Throws {@link IllegalArgumentException} that says what
   * is wrong.
   */
  static Optional<Request> of(Action action, Instant now) {
    return switch (action.kind()) {
      case SWITCHOVER ->
          Optional.of(
              new Request.Switchover(
                  action.sync() == null || action.sync(),
                  isTrue(action.evenIfPeerUnreachable()),
                  Optional.ofNullable(action.target()).map(NodeName::new)));
      case PROMOTE -> Optional.of(new Request.Promote(isTrue(action.force())));
      case DEMOTE -> Optional.of(new Request.Demote(isTrue(action.evenIfPeerUnreachable())));
      case FAILBACK -> Optional.of(new Request.Failback());
      case PAUSE ->
          Optional.of(
              new Request.Pause(
                  Optional.ofNullable(action.forSeconds()).map(now::plusSeconds),
                  action.reason() == null ? "no reason given" : action.reason()));
      case RESUME -> Optional.of(new Request.Resume());
      case CANCEL -> Optional.of(new Request.Cancel());
      case CLIENTS -> Optional.of(new Request.Clients(holds(action.clients())));
      case RESOLVE ->
          Optional.of(
              new Request.Resolve(Optional.ofNullable(action.survivor()).map(NodeName::new)));
      case SYNC, DRILLS, PIN -> Optional.empty();
    };
  }

  private static boolean holds(@Nullable String clients) {
    if ("hold".equals(clients)) {
      return true;
    }
    if ("admit".equals(clients)) {
      return false;
    }
    throw new IllegalArgumentException("'clients' is 'hold' or 'admit', not '" + clients + "'");
  }

  private static boolean isTrue(@Nullable Boolean flag) {
    return Boolean.TRUE.equals(flag);
  }
}
