package understudy.node;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import understudy.failover.Designation;
import understudy.failover.Heartbeat;
import understudy.failover.Policy;
import understudy.failover.Role;
import understudy.failover.State;
import understudy.time.Moment;

/** Watches how long the designated primary has been well, for an automatic failback. One thread. */
final class Soak {
  private final Supplier<Optional<Duration>> after;
  private Optional<Moment> wellSince = Optional.empty();

  /**
   * A watch that has seen nothing yet.
   *
   * @param after empty: the role is given back by hand
   */
  Soak(Supplier<Optional<Duration>> after) {
    this.after = after;
  }

  /** True once the role should be given back; begins anew after that. */
  boolean isOver(Policy policy, State state, Moment at) {
    Optional<Duration> needed = after.get();
    if (needed.isEmpty() || !isPrimaryWell(policy, state, at)) {
      wellSince = Optional.empty();
      return false;
    }
    Moment since = wellSince.orElse(at);
    wellSince = Optional.of(since);
    boolean over = since.until(at).compareTo(needed.get()) >= 0;
    if (over) {
      wellSince = Optional.empty();
    }
    return over;
  }

  private static boolean isPrimaryWell(Policy policy, State state, Moment at) {
    if (state.role() != Role.ACTIVE
        || policy.designation() == Designation.PRIMARY
        || state.durable().pause().isPresent()) {
      return false;
    }
    return state.view().peers().entrySet().stream()
        .filter(peer -> policy.peers().get(peer.getKey()) == Designation.PRIMARY)
        .filter(peer -> peer.getValue().isHeard(policy.timing().suspicion(), at))
        .flatMap(peer -> peer.getValue().last().stream())
        .anyMatch(Soak::isWell);
  }

  private static boolean isWell(Heartbeat primary) {
    return primary.role() == Role.STANDBY && primary.ready() && primary.willing();
  }
}
