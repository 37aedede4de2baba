package understudy.failover;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * What people decided: fixed while the node runs, replaced as a whole when the configuration
 * changes.
 *
 * @param peers every other node of the cluster
 * @param arbiter judges who may hold the mandate
 * @param connectivityTested connectivity test addresses are configured
 * @param maxLoss older data stops an automatic takeover; empty: any complete generation will do
 * @param version release of this node
 * @param fencesFirst a silent peer is switched off by a command before a takeover
 */
public record Policy(
    NodeName self,
    Designation designation,
    Roster<Designation> peers,
    Timing timing,
    Arbiter arbiter,
    OnFailure onFailure,
    boolean connectivityTested,
    Optional<Duration> maxLoss,
    String version,
    boolean fencesFirst) {

  public Policy(
      NodeName self,
      Designation designation,
      Map<NodeName, Designation> peers,
      Timing timing,
      Arbiter arbiter,
      OnFailure onFailure,
      boolean connectivityTested,
      Optional<Duration> maxLoss,
      String version) {
    this(
        self,
        designation,
        Roster.of(peers),
        timing,
        arbiter,
        onFailure,
        connectivityTested,
        maxLoss,
        version,
        false);
  }

  /** The same, and a fence command must succeed before a takeover. */
  public Policy fencingFirst() {
    return new Policy(
        self,
        designation,
        peers,
        timing,
        arbiter,
        onFailure,
        connectivityTested,
        maxLoss,
        version,
        true);
  }

  public Policy {
    if (peers.containsKey(self)) {
      throw new IllegalArgumentException(self + " cannot be its own peer");
    }
  }
}
