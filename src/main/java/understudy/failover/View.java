package understudy.failover;

import java.util.Optional;
import understudy.time.Moment;

/**
 * What this node knows of the world outside its own role. Lost with the process.
 *
 * @param peers one sighting for every peer of the policy
 * @param probe the latest look at the network
 * @param data what its own data is worth
 * @param times when it last did what, and when it is to do what next
 * @param serviceSilentFrom when the first of the latest looks began that all found the service
 *     address silent; empty: it answered, or a node that serves was heard since, or this node was
 *     cut off
 * @param fit the resources of this machine are in order
 * @param election what it knows of votes
 */
public record View(
    Roster<Sighting> peers,
    Optional<Probe> probe,
    Standing data,
    Times times,
    Optional<Moment> serviceSilentFrom,
    boolean fit,
    Election election) {

  /**
   * One look at the network.
   *
   * @param begunAt when the look began; what it says is true of a moment after that
   * @param connected some connectivity test address answered; true when none is configured
   * @param connectedAt when a connectivity test address last answered, as of this look
   * @param service whether the service address answers from here
   */
  public record Probe(
      Moment begunAt,
      boolean connected,
      Optional<Moment> connectedAt,
      Service service,
      String evidence) {

    /** What one look saw, nothing remembered. */
    public static Probe seen(Moment begunAt, boolean connected, Service service, String evidence) {
      return new Probe(
          begunAt,
          connected,
          connected ? Optional.of(begunAt) : Optional.empty(),
          service,
          evidence);
    }

    Probe after(Optional<Probe> earlier) {
      return connected
          ? this
          : new Probe(begunAt, false, earlier.flatMap(Probe::connectedAt), service, evidence);
    }
  }

  /** What the service address said. */
  public enum Service {
    ANSWERS,
    SILENT,
    /** There is no address to ask, or it could not be asked. */
    NOT_ASKED
  }

  public Moment wokeAt() {
    return times.wokeAt();
  }

  /** When the loop had last turned before that sleep. */
  public Moment sleptFrom() {
    return times.sleptFrom();
  }

  public Moment listenUntil() {
    return times.listenUntil();
  }

  public Moment lastInput() {
    return times.lastInput();
  }

  Moment beatDue() {
    return times.beatDue();
  }

  Moment probeDue() {
    return times.probeDue();
  }

  Sighting of(NodeName peer) {
    Sighting sighting = peers.find(peer);
    if (sighting == null) {
      throw new IllegalArgumentException(peer + " is not a peer");
    }
    return sighting;
  }

  View withPeer(NodeName name, Sighting sighting) {
    boolean serves = sighting.last().isPresent() && sighting.last().get().mayServe();
    Optional<Moment> silentFrom = serves ? Optional.empty() : serviceSilentFrom;
    return new View(peers.with(name, sighting), probe, data, times, silentFrom, fit, election);
  }

  View withPeers(Roster<Sighting> changed) {
    return new View(changed, probe, data, times, serviceSilentFrom, fit, election);
  }

  View withProbe(Probe seen) {
    Optional<Moment> silentFrom =
        seen.connected() && seen.service() == Service.SILENT
            ? serviceSilentFrom.or(() -> Optional.of(seen.begunAt()))
            : Optional.empty();
    Optional<Probe> latest = Optional.of(seen.after(probe));
    return new View(peers, latest, data, times, silentFrom, fit, election);
  }

  View withData(Standing changed) {
    return new View(peers, probe, changed, times, serviceSilentFrom, fit, election);
  }

  View withFit(boolean isFit) {
    return new View(peers, probe, data, times, serviceSilentFrom, isFit, election);
  }

  View withElection(Election changed) {
    return new View(peers, probe, data, times, serviceSilentFrom, fit, changed);
  }

  View at(Times changed) {
    return new View(peers, probe, data, changed, serviceSilentFrom, fit, election);
  }

  /** Forgets every silence: all peers are counted from {@code at}. */
  View countingFrom(Moment at) {
    return withPeers(peers.changed(sighting -> sighting.countingFrom(at)));
  }
}
