package understudy.simulator;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import understudy.failover.Designation;
import understudy.failover.NodeName;
import understudy.failover.OnFailure;
import understudy.failover.Policy;
import understudy.failover.Timing;

/**
 * How a simulated cluster is configured and what may befall it; drawn once from the seed.
 *
 * @param nodes witnesses too
 * @param mandates where they come from
 * @param connectivityTested connectivity test addresses are configured
 * @param serviceAsked the standby can ask the service address
 * @param hasData there is a dataset to lose
 * @param troubled resources and syncs fail or hang now and then
 * @param beyondPromise force and hidden paths may occur, which the peer arbiter does not survive
 * @param faults what may befall it
 * @param length how long faults go on
 */
record Setup(
    Map<NodeName, Designation> nodes,
    Mandates mandates,
    Timing timing,
    boolean connectivityTested,
    boolean serviceAsked,
    boolean hasData,
    Optional<Duration> maxLoss,
    OnFailure onFailure,
    boolean troubled,
    boolean beyondPromise,
    Set<Fault> faults,
    Duration length) {

  static final NodeName ALPHA = new NodeName("alpha");
  static final NodeName BRAVO = new NodeName("bravo");
  static final NodeName REMOTE = new NodeName("remote");

  /** What every machine begins with. */
  static final String RELEASE = "1";

  /** Who begins to follow has a first copy within this. */
  private static final Duration FIRST_COPY = ofSeconds(5);

  private static final List<Mandates> GRANTED =
      List.of(Mandates.MAJORITY, Mandates.MAJORITY, Mandates.LEASE, Mandates.LEASE_FAILSAFE);

  private static final Timing USUAL = timing(ofMillis(500), 4, ofSeconds(3), 0.8);
  private static final Timing FAST = timing(ofMillis(100), 4, ofSeconds(1), 0.8);

  /**
   * What the machines are and believe.
   *
   * @param apart for what was added later, so that the worlds without it stay as they were
   */
  static Setup drawn(Chance chance, Chance apart, Set<Fault> faults) {
    var nodes = new LinkedHashMap<NodeName, Designation>();
    nodes.put(ALPHA, Designation.PRIMARY);
    nodes.put(BRAVO, Designation.SECONDARY);
    if (chance.happens(0.15)) {
      nodes.put(REMOTE, apart.happens(0.3) ? Designation.SECONDARY : Designation.DR);
    }
    boolean connectivityTested = chance.happens(0.85);
    Timing timing = chance.happens(0.7) ? USUAL : FAST;
    Mandates mandates = chance.happens(0.6) ? Mandates.PEER : chance.pick(GRANTED);
    if (mandates == Mandates.MAJORITY) {
      addWitnesses(nodes, chance.happens(0.8) ? 1 : chance.happens(0.95) ? 3 : chance.below(51));
    }
    return new Setup(
        nodes,
        mandates,
        timing,
        connectivityTested,
        chance.happens(0.85),
        chance.happens(0.8),
        chance.happens(0.3) ? Optional.of(ofSeconds(5)) : Optional.empty(),
        chance.happens(0.9)
            ? OnFailure.PROMOTE
            : chance.pick(List.of(OnFailure.ASK, OnFailure.KEEP_STANDBY)),
        chance.happens(0.3) && faults.contains(Fault.TROUBLE),
        chance.happens(0.1),
        faults,
        chance.between(
            timing.primaryTimeout().multipliedBy(10), timing.primaryTimeout().multipliedBy(30)));
  }

  static void addWitnesses(Map<NodeName, Designation> nodes, int count) {
    for (int i = 1; i <= count; i++) {
      nodes.put(new NodeName("witness-" + i), Designation.WITNESS);
    }
  }

  /** The timing of a shipped profile. */
  static Timing profile(String name) {
    return switch (name) {
      case "fast" -> timing(ofMillis(100), 4, ofSeconds(1), 0.65);
      case "patient" -> timing(ofSeconds(10), 6, ofSeconds(180), 0.65);
      default -> timing(ofMillis(500), 4, ofSeconds(3), 0.65);
    };
  }

  private static Timing timing(
      Duration interval, int failures, Duration primaryTimeout, double leaseShare) {
    return new Timing(
        interval,
        failures,
        interval,
        primaryTimeout,
        ofMillis(Math.round(primaryTimeout.toMillis() * leaseShare)),
        ofSeconds(10),
        ofSeconds(5),
        ofSeconds(10),
        ofSeconds(20));
  }

  Policy policy(NodeName self, String release, Build build) {
    var peers = new LinkedHashMap<>(nodes);
    peers.remove(self);
    peers.values().removeIf(designation -> designation == Designation.WITNESS);
    return new Policy(
        self,
        nodes.getOrDefault(self, Designation.DR),
        peers,
        timing,
        build.arbiter().apply(mandates.arbiter(this)),
        onFailure,
        connectivityTested,
        build.guardsLoss() ? maxLoss : Optional.empty(),
        release);
  }

  /** The longest that anything may take in a healed world until somebody serves. */
  Duration convergence() {
    return timing
        .startWithin()
        .plus(timing.stopWithin())
        .plus(timing.prepareWithin())
        .plus(timing.syncWithin())
        .plus(timing.primaryTimeout().multipliedBy(6))
        .plus(FIRST_COPY);
  }
}
