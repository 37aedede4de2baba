package understudy.failover;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import understudy.time.Moment;

/** Questions about the other nodes, answered from the view. */
final class Neighbours {
  private final Policy policy;
  private final View view;
  private final Moment at;

  Neighbours(Turn turn) {
    this.policy = turn.policy;
    this.view = turn.view;
    this.at = turn.at;
  }

  private boolean isHeard(Sighting sighting) {
    return sighting.isHeard(policy.timing().suspicion(), at);
  }

  /** Latest heartbeats of the peers that are heard. */
  List<Heartbeat> heard() {
    return view.peers().values().stream()
        .filter(this::isHeard)
        .flatMap(sighting -> sighting.last().stream())
        .toList();
  }

  Optional<Heartbeat> heard(NodeName name) {
    return heard().stream().filter(heartbeat -> heartbeat.from().equals(name)).findFirst();
  }

  /** The heard peer that serves or may still serve; of several, the one with the latest reign. */
  Optional<Heartbeat> serving() {
    return heard().stream()
        .filter(Heartbeat::mayServe)
        .max(Comparator.comparing(Heartbeat::reign).thenComparing(Heartbeat::from));
  }

  /** Peers that could take the role by themselves and are not heard. */
  List<NodeName> silent() {
    return electable().filter(name -> !isHeard(view.of(name))).toList();
  }

  /** Heard, serving nothing, and able to take the role by themselves. */
  List<Heartbeat> passive() {
    return electable()
        .flatMap(name -> heard(name).stream())
        .filter(heartbeat -> !heartbeat.mayServe())
        .toList();
  }

  private Stream<NodeName> electable() {
    return policy.peers().entrySet().stream()
        .filter(
            entry ->
                entry.getValue() != Designation.DR
                    || heard(entry.getKey()).filter(Heartbeat::mayServe).isPresent())
        .map(Map.Entry::getKey);
  }

  /** The shortest silence among the silent: all of them have been silent at least so long. */
  Duration silence() {
    return silent().stream()
        .map(name -> view.of(name).silence(at))
        .min(Comparator.naturalOrder())
        .orElse(Duration.ZERO);
  }

  /** When the last mandate that a peer was heard to hold has surely run out. */
  Optional<Moment> fencedAt() {
    Duration lease = policy.timing().lease();
    Duration drift = lease.dividedBy(100);
    return view.peers().values().stream()
        .filter(sighting -> sighting.last().filter(Heartbeat::mayServe).isPresent())
        .flatMap(sighting -> sighting.heardAt().stream())
        .map(moment -> moment.plus(lease).plus(drift))
        .max(Comparator.naturalOrder());
  }
}
