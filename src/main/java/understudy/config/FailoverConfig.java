package understudy.config;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import understudy.failover.OnFailure;

/**
 * The {@code failover:} section.
 *
 * @param arbiter where mandates come from
 * @param interval time between two heartbeats
 * @param failures missed heartbeats on all links before the peer is suspected
 * @param recheck time between two looks of a node in doubt, at most
 * @param primaryTimeout silence after which the standby may take over
 * @param lease length of a mandate; shorter than {@code primaryTimeout}
 * @param connectivityTest addresses (host, or host:port for TCP) that tell whether we are cut off
 * @param maxLoss data older than this stops an automatic takeover; empty: no limit
 * @param startWithin deadline for starting all resources
 * @param stopWithin deadline for stopping all resources
 * @param syncWithin deadline for the final sync of a switchover
 * @param fence empty: a takeover needs no fence command
 * @param failback empty: by hand; else the soak time after which the primary gets the role back
 */
public record FailoverConfig(
    ArbiterConfig arbiter,
    Duration interval,
    int failures,
    Duration recheck,
    Duration primaryTimeout,
    Duration lease,
    OnFailure onFailure,
    List<String> connectivityTest,
    Optional<Duration> maxLoss,
    Duration startWithin,
    Duration stopWithin,
    Duration syncWithin,
    Optional<Duration> failback,
    Optional<Fence> fence) {

  /**
   * The {@code fence:} section: what must switch the silent node off before a takeover.
   *
   * @param command program and arguments
   * @param within it is killed, and counts as failed, after so long
   */
  public record Fence(List<String> command, Duration within) {
    public Fence {
      command = List.copyOf(command);
    }
  }

  /**
   * The longest that shutting the gate, dropping the address and noticing it may take: a holder
   * begins this much before its lease ends.
   */
  public static final Duration FENCE_BUDGET = Duration.ofMillis(250);

  public FailoverConfig {
    connectivityTest = List.copyOf(connectivityTest);
  }
}
