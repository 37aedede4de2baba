package understudy.simulator;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import understudy.failover.Arbiter;
import understudy.failover.Designation;
import understudy.failover.NodeName;
import understudy.failover.OnFailure;
import understudy.failover.Policy;
import understudy.failover.Timing;

/**
 * How a simulated cluster is configured and what may befall it; drawn once from the seed.
 *
 * @param connectivityTested connectivity test addresses are configured
 * @param serviceAsked the standby can ask the service address
 * @param hasData there is a dataset to lose
 * @param troubled resources and syncs fail or hang now and then
 * @param beyondPromise force and hidden paths may occur, which the peer arbiter does not survive
 * @param length how long faults go on
 */
record Setup(
    Map<NodeName, Designation> nodes,
    Timing timing,
    boolean connectivityTested,
    boolean serviceAsked,
    boolean hasData,
    Optional<Duration> maxLoss,
    OnFailure onFailure,
    boolean troubled,
    boolean beyondPromise,
    Duration length) {

  static final NodeName ALPHA = new NodeName("alpha");
  static final NodeName BRAVO = new NodeName("bravo");
  static final NodeName REMOTE = new NodeName("remote");

  private static final Timing USUAL = timing(ofMillis(500), ofSeconds(3));
  private static final Timing FAST = timing(ofMillis(100), ofSeconds(1));

  static Setup drawn(Chance chance) {
    var nodes = new LinkedHashMap<NodeName, Designation>();
    nodes.put(ALPHA, Designation.PRIMARY);
    nodes.put(BRAVO, Designation.SECONDARY);
    if (chance.happens(0.15)) {
      nodes.put(REMOTE, Designation.DR);
    }
    boolean connectivityTested = chance.happens(0.85);
    Timing timing = chance.happens(0.7) ? USUAL : FAST;
    return new Setup(
        nodes,
        timing,
        connectivityTested,
        chance.happens(0.85),
        chance.happens(0.8),
        chance.happens(0.3) ? Optional.of(ofSeconds(20)) : Optional.empty(),
        chance.happens(0.9)
            ? OnFailure.PROMOTE
            : chance.pick(List.of(OnFailure.ASK, OnFailure.KEEP_STANDBY)),
        chance.happens(0.3),
        chance.happens(0.1),
        chance.between(
            timing.primaryTimeout().multipliedBy(10), timing.primaryTimeout().multipliedBy(30)));
  }

  private static Timing timing(Duration interval, Duration primaryTimeout) {
    return new Timing(
        interval,
        4,
        interval,
        primaryTimeout,
        primaryTimeout.multipliedBy(8).dividedBy(10),
        ofSeconds(10),
        ofSeconds(5),
        ofSeconds(10),
        ofSeconds(20));
  }

  Policy policy(NodeName self, Arbiter arbiter) {
    var peers = new LinkedHashMap<>(nodes);
    peers.remove(self);
    return new Policy(
        self,
        nodes.getOrDefault(self, Designation.DR),
        peers,
        timing,
        arbiter,
        onFailure,
        connectivityTested,
        maxLoss,
        "1");
  }

  /** The longest that anything may take in a healed world until somebody serves. */
  Duration convergence() {
    return timing
        .startWithin()
        .plus(timing.stopWithin())
        .plus(timing.prepareWithin())
        .plus(timing.syncWithin())
        .plus(timing.primaryTimeout().multipliedBy(6));
  }
}
