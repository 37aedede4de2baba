package understudy.failover;

import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import understudy.failover.Arbiter.Block;
import understudy.time.Moment;

/**
 * What a takeover would lose: how much older this node's data is than the last moment at which
 * another may have written; an empty duration: nobody can tell.
 */
final class Loss {
  private Loss() {}

  /**
   * Some are silent: whoever served may have written for as long as it was heard, or as something
   * shows that it went on. Of a term whose holder was not met, for as long as anybody was heard.
   */
  static Optional<Duration> besideSilent(Turn turn) {
    Term served = turn.durable.served();
    if (wasWeighed(turn) && served.equals(turn.durable.reign())) {
      return Optional.of(Duration.ZERO); // nothing is newer
    }
    Term latest = turn.durable.term();
    Collection<Sighting> peers = turn.view.peers().values();
    boolean isLatestMet =
        peers.stream()
            .flatMap(peer -> peer.last().stream())
            .anyMatch(heartbeat -> heartbeat.reign().equals(latest));
    Stream<Moment> heard =
        peers.stream()
            .filter(peer -> !isLatestMet || !peer.isHeard(turn.timing.suspicion(), turn.at))
            .flatMap(peer -> peer.heardAt().stream());
    Stream<Moment> known =
        peers.stream()
            .filter(peer -> peer.served().isAfter(served))
            .flatMap(peer -> peer.servedUntil().stream());
    Stream<Moment> unheard = turn.view.servedUnheardUntil().stream();
    return olderThan(turn.view, Stream.of(heard, known, unheard).flatMap(moments -> moments));
  }

  /**
   * The same when nobody serves, and nobody who could is silent.
   *
   * @param later those that served after this node
   */
  static Optional<Duration> beside(Turn turn, List<Sighting> later) {
    return later.isEmpty()
        ? Optional.of(Duration.ZERO)
        : olderThan(turn.view, later.stream().flatMap(peer -> peer.servedUntil().stream()));
  }

  /**
   * What this node may lose was weighed when it took the latest term: nobody held the mandate
   * since, as far as it and the voters know that it hears, and nobody has its vote since.
   */
  static boolean wasWeighed(Turn turn) {
    var claim = new Arbiter.Claim(turn.policy, turn.durable, turn.view, turn.at);
    return claim.reignedLast() && !turn.durable.votedSince(turn.policy.self());
  }

  /** Who served last was not met: nobody can tell, where there is data. */
  static Optional<Duration> ofUnknownLast(Turn turn) {
    boolean hasNothing = turn.view.data() instanceof Standing.NothingToCopy;
    return hasNothing ? Optional.of(Duration.ZERO) : Optional.empty();
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

  /** A block when {@code loss} is unknown or more than max-loss allows; none without max-loss. */
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

  /**
   * {@code peer} lacks no more than max-loss allows, by the lag it told last; an unknown lag is too
   * much where there is data.
   */
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
