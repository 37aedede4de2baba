package understudy.failover;

import java.time.Duration;

/**
 * The times that failover works with.
 *
 * @param interval between two heartbeats
 * @param failures missed heartbeats before the peer is suspected
 * @param recheck between two looks of a node in doubt, at most
 * @param primaryTimeout silence after which a standby may take over
 * @param lease length of a mandate, shorter than {@code primaryTimeout}
 * @param startWithin deadline for starting the resources
 * @param stopWithin deadline for stopping the resources
 * @param syncWithin deadline for the final sync of a switchover
 * @param prepareWithin deadline for the bulk sync of a switchover, while clients are still served
 */
public record Timing(
    Duration interval,
    int failures,
    Duration recheck,
    Duration primaryTimeout,
    Duration lease,
    Duration startWithin,
    Duration stopWithin,
    Duration syncWithin,
    Duration prepareWithin) {

  private static final int LOOKS_IN_A_LEASE = 4;

  public Timing {
    check(failures >= 1, "at least one missed heartbeat is needed to suspect: " + failures);
    check(
        lease.compareTo(primaryTimeout) < 0,
        "the lease " + lease + " is not shorter than " + primaryTimeout);
    check(
        interval.multipliedBy(failures).compareTo(primaryTimeout) < 0,
        "suspicion takes longer than the primary timeout " + primaryTimeout);
  }

  /** Silence after which a peer is suspected. */
  public Duration suspicion() {
    return Duration.ofNanos(interval.toNanos() * failures);
  }

  /** Silence after which one looks at the network: well before anything is decided. */
  public Duration quiet() {
    return Duration.ofNanos(interval.toNanos() * 2);
  }

  /** How often a holder in doubt looks: some looks may be lost without losing the mandate. */
  public Duration lookEvery() {
    return Duration.ofNanos(Math.min(recheck.toNanos(), lease.toNanos() / LOOKS_IN_A_LEASE));
  }

  /**
   * How often one looks who waits for a takeover: a holder that was cut off may be in touch between
   * two looks, and be cut off again.
   */
  public Duration watchEvery() {
    return lookEvery().dividedBy(2);
  }

  /** A loop that comes round later than this has been asleep: what it believed may be stale. */
  public Duration lateness() {
    return Duration.ofNanos(suspicion().toNanos() / 2);
  }

  /**
   * A loop that comes round later than this has not read what was sent to it: a heartbeat may have
   * waited so long before it was heard. The loop must turn more often.
   */
  public Duration drowsiness() {
    return Duration.ofNanos(interval.toNanos() / 4 * 3);
  }

  /** How long a person waits for a promotion that something still speaks against. */
  public Duration promotionWithin() {
    return primaryTimeout.multipliedBy(2);
  }

  /** A mandate with less than this left is to be renewed in every way. */
  public Duration halfLease() {
    return Duration.ofNanos(lease.toNanos() / 2);
  }

  /** What a lease may last on a clock that runs slower than ours, by at most one percent. */
  public Duration leaseElsewhere() {
    return Duration.ofNanos(lease.toNanos() + lease.toNanos() / 100);
  }

  /**
   * How long to listen after having been cut off: peers that could not be heard speak up meanwhile,
   * and a holder that was cut off just before has stopped.
   */
  public Duration rejoining() {
    return suspicion().compareTo(leaseElsewhere()) > 0 ? suspicion() : leaseElsewhere();
  }

  /**
   * The times while two nodes may go by either: whoever holds gives up as early as the stricter
   * asks, whoever waits waits as long as the more patient does.
   */
  public Timing alongside(Timing other) {
    Duration often = shorter(interval, other.interval);
    Duration patience = longer(suspicion(), other.suspicion());
    int misses = Math.toIntExact(Math.max(1, patience.toNanos() / often.toNanos()));
    return new Timing(
        often,
        misses,
        shorter(recheck, other.recheck),
        longer(primaryTimeout, other.primaryTimeout),
        shorter(lease, other.lease),
        startWithin,
        stopWithin,
        syncWithin,
        prepareWithin);
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) <= 0 ? one : other;
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) >= 0 ? one : other;
  }

  private static void check(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
