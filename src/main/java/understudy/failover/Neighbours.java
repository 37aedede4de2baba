package understudy.failover;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import understudy.time.Moment;

/** Questions about the other nodes, answered from the view. */
final class Neighbours {
  private static final Comparator<Heartbeat> BY_REIGN =
      Comparator.comparing(Heartbeat::reign)
          .thenComparing(Heartbeat::mayHaveClients)
          .thenComparing(Heartbeat::from);

  private final Policy policy;
  private final Roster<Sighting> peers;
  private final Moment at;
  private final Duration suspicion;

  Neighbours(Turn turn) {
    this.policy = turn.policy;
    this.peers = turn.view.peers();
    this.at = turn.at;
    this.suspicion = turn.timing.suspicion();
  }

  private boolean isHeard(Sighting sighting) {
    return sighting.isHeard(suspicion, at);
  }

  /** Latest heartbeats of the peers that are heard. */
  List<Heartbeat> heard() {
    var heard = new ArrayList<Heartbeat>(peers.size());
    for (int i = 0; i < peers.size(); i++) {
      Sighting sighting = peers.value(i);
      if (sighting.last().isPresent() && isHeard(sighting)) {
        heard.add(sighting.last().get());
      }
    }
    return heard;
  }

  Optional<Heartbeat> heard(NodeName name) {
    Sighting sighting = peers.find(name);
    return sighting != null && isHeard(sighting) ? sighting.last() : Optional.empty();
  }

  /**
   * The heard peer that serves or may still serve; of several, the one with the latest reign, and
   * of these one that has clients.
   */
  Optional<Heartbeat> serving() {
    Optional<Heartbeat> latest = Optional.empty();
    for (int i = 0; i < peers.size(); i++) {
      Sighting sighting = peers.value(i);
      Optional<Heartbeat> last = sighting.last();
      if (last.isPresent()
          && last.get().mayServe()
          && isHeard(sighting)
          && (latest.isEmpty() || BY_REIGN.compare(last.get(), latest.get()) > 0)) {
        latest = last;
      }
    }
    return latest;
  }

  /** Peers of whom nothing was heard since a term was taken by somebody. */
  List<NodeName> perhapsHolding() {
    var holding = new ArrayList<NodeName>(peers.size());
    for (int i = 0; i < peers.size(); i++) {
      if (peers.value(i).mayHold()) {
        holding.add(peers.name(i));
      }
    }
    return holding;
  }

  /** Peers that could take the role by themselves and are not heard. */
  List<NodeName> silent() {
    var silent = new ArrayList<NodeName>(peers.size());
    for (int i = 0; i < peers.size(); i++) {
      if (isSilent(i)) {
        silent.add(peers.name(i));
      }
    }
    return silent;
  }

  boolean isAnySilent() {
    for (int i = 0; i < peers.size(); i++) {
      if (isSilent(i)) {
        return true;
      }
    }
    return false;
  }

  /** The latest term was taken by somebody who may be silent, and not for a primary timeout yet. */
  boolean mayAnyHoldUnheard() {
    for (int i = 0; i < peers.size(); i++) {
      Sighting peer = peers.value(i);
      if (peer.mayHold() && peer.silence(at).compareTo(policy.timing().primaryTimeout()) < 0) {
        return true;
      }
    }
    return false;
  }

  private boolean isSilent(int index) {
    return !isHeard(peers.value(index)) && isElectable(index);
  }

  /** Heard, serving nothing, and able to take the role by themselves. */
  List<Heartbeat> passive() {
    var passive = new ArrayList<Heartbeat>(peers.size());
    for (int i = 0; i < peers.size(); i++) {
      Optional<Heartbeat> last = peers.value(i).last();
      if (last.isPresent() && !last.get().mayServe() && isHeard(peers.value(i)) && isElectable(i)) {
        passive.add(last.get());
      }
    }
    return passive;
  }

  /** Who was ever heard to have served after {@code served}; its disk may have forgotten it. */
  List<Sighting> servedAfter(Term served) {
    var later = new ArrayList<Sighting>(peers.size());
    for (int i = 0; i < peers.size(); i++) {
      if (peers.value(i).served().isAfter(served)) {
        later.add(peers.value(i));
      }
    }
    return later;
  }

  private boolean isElectable(int index) {
    return policy.peers().find(peers.name(index)) != Designation.DR
        || mayServeRemotely(peers.value(index));
  }

  /**
   * A disaster recovery node counts while it serves, or while it may still hold what it was not
   * heard to hold.
   */
  private boolean mayServeRemotely(Sighting sighting) {
    return sighting.mayHold()
        || sighting
            .last()
            .map(Heartbeat::mayServe)
            .orElse(sighting.silence(at).compareTo(policy.timing().primaryTimeout()) <= 0);
  }

  /** Some peer has missed two heartbeats: time to look at the network, well before a decision. */
  boolean isAnyQuiet() {
    Duration quiet = policy.timing().quiet();
    for (int i = 0; i < peers.size(); i++) {
      if (!peers.value(i).countFrom().isWithin(quiet, at) && isElectable(i)) {
        return true;
      }
    }
    return false;
  }

  /** The shortest silence among the silent: all of them have been silent at least so long. */
  Duration silence() {
    Optional<Duration> shortest = Optional.empty();
    for (int i = 0; i < peers.size(); i++) {
      Duration silence = peers.value(i).silence(at);
      if (isSilent(i) && (shortest.isEmpty() || silence.compareTo(shortest.get()) < 0)) {
        shortest = Optional.of(silence);
      }
    }
    return shortest.orElse(Duration.ZERO);
  }

  /**
   * When no peer can hold an older mandate any more; empty: now. A peer that was heard to serve may
   * hold one, and so may a passive one that did not know of {@code claimed} yet: it may be claiming
   * at this very moment. One that knows a term never claims it.
   */
  Optional<Moment> fencedAt(Term claimed) {
    return latestEnd(dangerous(claimed)).filter(moment -> moment.isAfter(at));
  }

  /** Until when a peer that was heard to hold a mandate may use it without being heard again. */
  Optional<Moment> heldUntil() {
    return latestEnd(
        peers.values().stream()
            .filter(sighting -> sighting.last().filter(Neighbours::holds).isPresent()));
  }

  private Optional<Moment> latestEnd(Stream<Sighting> sightings) {
    Duration lease = policy.timing().leaseElsewhere();
    return sightings
        .flatMap(sighting -> sighting.heardAt().stream())
        .map(moment -> moment.plus(lease))
        .max(Comparator.naturalOrder());
  }

  /** Every peer that is heard knows of {@code claimed} and serves nothing. */
  boolean allKnow(Term claimed) {
    return dangerous(claimed).findAny().isEmpty();
  }

  /** Who does not know of {@code claimed} is long silent, or was fenced and is still stopping. */
  boolean othersAreOutOfPlay(Term claimed) {
    return dangerous(claimed)
        .allMatch(
            sighting ->
                isHeard(sighting)
                    ? sighting.last().filter(h -> h.role() == Role.STOPPING).isPresent()
                    : sighting.silence(at).compareTo(policy.timing().primaryTimeout()) >= 0);
  }

  private Stream<Sighting> dangerous(Term claimed) {
    return peers.values().stream()
        .filter(sighting -> sighting.last().filter(h -> isDangerous(h, claimed)).isPresent());
  }

  private boolean isDangerous(Heartbeat heartbeat, Term claimed) {
    boolean mayClaim = policy.peers().get(heartbeat.from()) != Designation.DR;
    return heartbeat.mayServe() || (mayClaim && claimed.isAfter(heartbeat.term()));
  }

  private static boolean holds(Heartbeat heartbeat) {
    return heartbeat.role() == Role.STARTING || heartbeat.role() == Role.ACTIVE;
  }
}
