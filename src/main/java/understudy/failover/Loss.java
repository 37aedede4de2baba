package understudy.failover;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import understudy.failover.Arbiter.Block;
import understudy.time.Moment;

/** How much of what others may have written a takeover would lose; empty: nobody can tell. */
final class Loss {
  private Loss() {}

  /**
   * Some are silent: whoever served may have written for as long as anybody was heard, as one that
   * this node did not hear may have taken over from another.
   */
  static Optional<Duration> besideSilent(Turn turn) {
    Term served = turn.durable.served();
    if (served.equals(turn.durable.term()) && !served.equals(Term.NONE)) {
      return Optional.of(Duration.ZERO); // nothing is newer
    }
    return olderThan(
        turn.view, turn.view.peers().values().stream().flatMap(peer -> peer.heardAt().stream()));
  }

  /**
   * Nobody serves, and nobody is silent who could.
   *
   * @param later those that may have served after this node
   */
  static Optional<Duration> beside(Turn turn, List<Sighting> later) {
    return later.isEmpty() ? Optional.of(Duration.ZERO) : olderThan(turn.view, servedUntil(later));
  }

  private static Stream<Moment> servedUntil(List<Sighting> peers) {
    return peers.stream().flatMap(peer -> peer.servedUntil().stream());
  }

  /** How much older the data is than the last of the moments at which it may have changed. */
  private static Optional<Duration> olderThan(View view, Stream<Moment> changed) {
    return switch (view.data()) {
      case Standing.NothingToCopy _ -> Optional.of(Duration.ZERO);
      case Standing.Incomplete _, Standing.Undated _ -> Optional.empty();
      case Standing.Complete(_, Moment freshAt) -> {
        Moment last = changed.max(Comparator.naturalOrder()).orElse(freshAt);
        yield Optional.of(freshAt.isAfter(last) ? Duration.ZERO : freshAt.until(last));
      }
    };
  }

  /** What max-loss says to it. */
  static List<Block> guard(Policy policy, Optional<Duration> loss) {
    if (policy.maxLoss().isEmpty()) {
      return List.of();
    }
    Duration allowed = policy.maxLoss().get();
    if (loss.filter(age -> age.compareTo(allowed) <= 0).isPresent()) {
      return List.of();
    }
    String evidence =
        loss.map(age -> age.toMillis() + " ms, allowed " + allowed.toMillis())
            .orElse("the age of the data is unknown");
    return List.of(new Block(Rule.TOO_MUCH_LOSS, evidence));
  }

  /** What {@code peer} does not have yet is no more than max-loss allows. */
  static boolean isLittle(Turn turn, Heartbeat peer) {
    return turn.policy.maxLoss().isEmpty()
        || turn.view.data() instanceof Standing.NothingToCopy
        || peer.lag().filter(lag -> lag.compareTo(turn.policy.maxLoss().get()) <= 0).isPresent();
  }

  static String sentence(Optional<Duration> loss) {
    return loss.map(age -> "at most " + age.toMillis() + " ms of data may be lost")
        .orElse("how much data may be lost is unknown");
  }
}
