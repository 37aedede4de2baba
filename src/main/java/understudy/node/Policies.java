package understudy.node;

import java.time.Duration;
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

  private Policies() {}

  static Policy of(NodeConfig node, ClusterConfig cluster, Members members, Release release) {
    FailoverConfig failover = cluster.failover();
    var peers = new TreeMap<NodeName, Designation>();
    members.peers().forEach(member -> peers.put(member.name(), member.designation()));
    var timing =
        new Timing(
            failover.interval(),
            failover.failures(),
            failover.recheck(),
            failover.primaryTimeout(),
            failover.lease(),
            failover.startWithin(),
            failover.stopWithin(),
            failover.syncWithin(),
            PREPARE_WITHIN);
    var policy =
        new Policy(
            node.name(),
            node.designation(),
            peers,
            timing,
            new PeerArbiter(),
            failover.onFailure(),
            !failover.connectivityTest().isEmpty(),
            failover.maxLoss(),
            release.version());
    return failover.fence().isPresent() ? policy.fencingFirst() : policy;
  }
}
