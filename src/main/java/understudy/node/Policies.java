package understudy.node;

import java.time.Duration;
import java.util.Optional;
import java.util.TreeMap;
import understudy.config.ClusterConfig;
import understudy.config.FailoverConfig;
import understudy.config.NodeConfig;
import understudy.failover.Designation;
import understudy.failover.NodeName;
import understudy.failover.Policy;
import understudy.failover.Timing;
import understudy.failover.arbiter.PeerArbiter;
import understudy.wire.Members;
import understudy.wire.Release;

/** The policy that configuration and membership add up to. */
final class Policies {
  /** While the bulk is copied clients are served, so there is no hurry; but no wait is endless. */
  private static final Duration PREPARE_WITHIN = Duration.ofHours(6);

  private static final Duration LONGEST_TICK = Duration.ofMillis(100);

  private Policies() {}

  /**
   * The policy of this node.
   *
   * @param former what other nodes may still go by: then the stricter of both times holds
   */
  static Policy of(
      NodeConfig node,
      ClusterConfig cluster,
      Optional<ClusterConfig> former,
      Members members,
      Release release) {
    FailoverConfig failover = cluster.failover();
    var peers = new TreeMap<NodeName, Designation>();
    members.peers().forEach(member -> peers.put(member.name(), member.designation()));
    Timing own = timing(failover);
    Timing timing = former.map(it -> own.alongside(timing(it.failover()))).orElse(own);
    return new Policy(
        node.name(),
        node.designation(),
        peers,
        timing,
        new PeerArbiter(),
        failover.onFailure(),
        !failover.connectivityTest().isEmpty(),
        failover.maxLoss(),
        release.version());
  }

  /** How often the loop must turn at least. */
  static Duration tick(Policy policy) {
    Duration half = policy.timing().interval().dividedBy(2);
    return half.compareTo(LONGEST_TICK) < 0 ? half : LONGEST_TICK;
  }

  private static Timing timing(FailoverConfig failover) {
    return new Timing(
        failover.interval(),
        failover.failures(),
        failover.recheck(),
        failover.primaryTimeout(),
        failover.lease(),
        failover.startWithin(),
        failover.stopWithin(),
        failover.syncWithin(),
        PREPARE_WITHIN);
  }
}
