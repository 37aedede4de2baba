package understudy.node;

import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import understudy.failover.Designation;
import understudy.failover.Heartbeat;
import understudy.failover.NodeName;
import understudy.failover.Policy;
import understudy.failover.Role;
import understudy.failover.Sighting;
import understudy.failover.State;
import understudy.failover.Term;
import understudy.sync.SyncResult;
import understudy.time.Clock;
import understudy.time.Moment;

/**
 * From whom a disaster recovery node copies: a standby that is in touch and fresh spares the active
 * node and the line to it; while there is none for longer than {@link #AWAY} the active node itself
 * is copied. Everybody else copies from the active node. Safe from any thread.
 */
final class Cascade {
  private static final Logger LOG = LoggerFactory.getLogger(Cascade.class);

  /** So long a standby may be away, or be of no use, before the active node is asked instead. */
  static final Duration AWAY = Duration.ofSeconds(10);

  /** So long a standby that could not deliver is left alone. */
  private static final Duration SHUN = Duration.ofMinutes(1);

  /** What a standby may be behind whatever the schedule. */
  private static final Duration ALWAYS_FRESH = Duration.ofMinutes(2);

  private static final long LOOK_EVERY_MILLIS = 100;

  private final Supplier<Policy> policy;
  private final Supplier<State> state;
  private final Clock clock;
  private final Map<String, Moment> awaySince = new ConcurrentHashMap<>();
  private final Map<String, Moment> failingSince = new ConcurrentHashMap<>();
  private final Map<String, Moment> shunnedUntil = new ConcurrentHashMap<>();
  private final Map<String, Compared> compared = new ConcurrentHashMap<>();

  /** The active node of that reign was copied itself, at that moment or before. */
  private record Compared(Term reign, Moment at) {}

  /**
   * Whom to copy.
   *
   * @param freshAt what it offers looked so at this moment or later; empty: it is the active node,
   *     which looks when it is asked
   */
  record Choice(NodeName from, Optional<Moment> freshAt) {
    static Choice active(NodeName node) {
      return new Choice(node, Optional.empty());
    }

    /** A standby, which may be less far than this node is. */
    boolean isStandby() {
      return freshAt.isPresent();
    }
  }

  /** A choice for the node whose policy and state these are. */
  Cascade(Supplier<Policy> policy, Supplier<State> state, Clock clock) {
    this.policy = policy;
    this.state = state;
    this.clock = clock;
  }

  /**
   * Whom to copy now. Waits up to {@link #AWAY} for a standby to be of use.
   *
   * @param hasData this node has a generation; then, whenever another node has become active, that
   *     one is copied first: it may have gone back behind what this node or a standby has
   * @param longestInterval between two runs: a standby may be as old as that
   * @param isWanted false: nobody waits for the answer any more
   */
  Choice choose(
      String dataset,
      NodeName active,
      boolean hasData,
      Duration longestInterval,
      BooleanSupplier isWanted) {
    Optional<Moment> since =
        Optional.ofNullable(compared.get(dataset))
            .filter(it -> reign(active).equals(Optional.of(it.reign())))
            .map(Compared::at);
    boolean isFirst = hasData && since.isEmpty();
    if (policy.get().designation() != Designation.DR || isFirst || isShunned(dataset)) {
      return Choice.active(active);
    }
    while (isWanted.getAsBoolean()) {
      Moment now = clock.now();
      Optional<Choice> standby =
          standby(policy.get(), state.get(), active, oldest(longestInterval, since, now), now);
      if (standby.isPresent()) {
        awaySince.remove(dataset);
        return standby.get();
      }
      if (awaySince.computeIfAbsent(dataset, _ -> now).until(now).compareTo(AWAY) >= 0
          || !slept()) {
        break;
      }
    }
    return Choice.active(active);
  }

  private Optional<Term> reign(NodeName active) {
    return Optional.ofNullable(state.get().view().peers().get(active))
        .flatMap(Sighting::last)
        .map(Heartbeat::reign);
  }

  private static boolean slept() {
    try {
      Thread.sleep(LOOK_EVERY_MILLIS);
      return true;
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Data that is older than this is of no use: it may even be from before the active's reign. */
  private Moment oldest(Duration longestInterval, Optional<Moment> since, Moment now) {
    Duration loss = policy.get().maxLoss().orElse(ALWAYS_FRESH);
    Duration schedule = longestInterval.multipliedBy(2).plus(ALWAYS_FRESH);
    Moment fresh = now.minus(loss.compareTo(schedule) > 0 ? loss : schedule);
    return since.map(moment -> Moment.laterOf(moment, fresh)).orElse(fresh);
  }

  /** Pure: the standby whose data is not older than that, the designated secondary first. */
  static Optional<Choice> standby(
      Policy policy, State state, NodeName active, Moment oldest, Moment now) {
    return policy.peers().entrySet().stream()
        .filter(peer -> peer.getValue().compareTo(Designation.DR) < 0)
        .filter(peer -> !peer.getKey().equals(active))
        .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
        .map(peer -> new Choice(peer.getKey(), freshAt(policy, state, peer.getKey(), now)))
        .filter(choice -> choice.freshAt().filter(freshAt -> !freshAt.isBefore(oldest)).isPresent())
        .findFirst();
  }

  /** How fresh a peer's data is when it is a standby that may be copied; empty: it is not one. */
  private static Optional<Moment> freshAt(Policy policy, State state, NodeName name, Moment now) {
    Sighting sighting = state.view().peers().get(name);
    if (sighting == null || !sighting.isHeard(policy.timing().suspicion(), now)) {
      return Optional.empty();
    }
    Optional<Heartbeat> beat =
        sighting
            .last()
            .filter(last -> last.role() == Role.STANDBY && !last.head().isEmpty())
            .filter(last -> last.version().equals(policy.version()));
    return beat.flatMap(Heartbeat::lag)
        .flatMap(lag -> sighting.heardAt().map(heardAt -> heardAt.minus(lag)));
  }

  private boolean isShunned(String dataset) {
    Moment until = shunnedUntil.get(dataset);
    return until != null && clock.now().isBefore(until);
  }

  /** What came of a run: a standby that cannot deliver for long is not asked for a while. */
  void ended(String dataset, Choice choice, SyncResult result) {
    if (!choice.isStandby()) {
      if (!(result instanceof SyncResult.Failed)) {
        Moment now = clock.now();
        reign(choice.from())
            .ifPresent(
                reign ->
                    compared.compute(
                        dataset,
                        (_, before) ->
                            before != null && before.reign().equals(reign)
                                ? before
                                : new Compared(reign, now)));
      }
      return;
    }
    if (!(result instanceof SyncResult.Failed failed) || failed.asked().isPresent()) {
      failingSince.remove(dataset);
      return;
    }
    Moment now = clock.now();
    if (failingSince.computeIfAbsent(dataset, _ -> now).until(now).compareTo(AWAY) >= 0) {
      failingSince.remove(dataset);
      shunnedUntil.put(dataset, now.plus(SHUN));
      LOG.warn(
          "{} cannot be copied from {} ({}): copies from the active node for {} s",
          dataset,
          choice.from(),
          failed.reason(),
          SHUN.toSeconds());
    }
  }
}
