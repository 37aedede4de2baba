package understudy.node;

import java.time.Duration;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import understudy.config.ArbiterConfig;
import understudy.config.ClusterConfig;
import understudy.config.FailoverConfig;
import understudy.config.NodeConfig;
import understudy.failover.Arbiter;
import understudy.failover.Designation;
import understudy.failover.Electorate;
import understudy.failover.NodeName;
import understudy.failover.Policy;
import understudy.failover.Timing;
import understudy.failover.arbiter.LeaseArbiter;
import understudy.failover.arbiter.MajorityArbiter;
import understudy.failover.arbiter.PeerArbiter;
import understudy.wire.Member;
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
   * @param arbiter the one that this daemon began with: another one waits for the next start
   * @param former what other nodes may still go by: then the stricter of both times holds
   */
  static Policy of(
      NodeConfig node,
      ClusterConfig cluster,
      ArbiterConfig arbiter,
      Optional<ClusterConfig> former,
      Members members,
      Release release) {
    FailoverConfig failover = cluster.failover();
    var peers = new TreeMap<NodeName, Designation>();
    var voters = new TreeSet<NodeName>();
    voters.add(node.name());
    for (Member member : members.peers()) {
      if (members.newcomer().filter(member.name()::equals).isEmpty()) {
        voters.add(member.name());
      }
      if (member.designation() != Designation.WITNESS) {
        peers.put(member.name(), member.designation());
      }
    }
    Timing own = timing(failover);
    Timing timing = former.map(it -> own.alongside(timing(it.failover()))).orElse(own);
    var policy =
        new Policy(
            node.name(),
            node.designation(),
            peers,
            timing,
            arbiter(arbiter, voters, members, node),
            failover.onFailure(),
            !failover.connectivityTest().isEmpty(),
            failover.maxLoss(),
            release.version());
    return failover.fence().isPresent() ? policy.fencingFirst() : policy;
  }

  private static Arbiter arbiter(
      ArbiterConfig config, SortedSet<NodeName> voters, Members members, NodeConfig node) {
    return switch (config) {
      case ArbiterConfig.Peer _ -> new PeerArbiter();
      case ArbiterConfig.Majority(int drift, _) ->
          new MajorityArbiter(new Electorate(voters, drift));
      case ArbiterConfig.Lease(int drift, _, boolean failsafe, _) -> {
        var nodes = new TreeSet<>(voters);
        members.peers().stream()
            .filter(member -> member.designation() == Designation.WITNESS)
            .forEach(witness -> nodes.remove(witness.name()));
        if (node.designation() == Designation.WITNESS) {
          nodes.remove(node.name());
        }
        yield new LeaseArbiter(
            drift, failsafe ? Optional.of(new Electorate(nodes, drift)) : Optional.empty());
      }
    };
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
