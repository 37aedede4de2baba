package understudy.failover;

import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import understudy.time.Moment;

/**
 * What this node knows of the world outside its own role. Lost with the process.
 *
 * @param peers one sighting for every peer of the policy
 * @param probe the latest look at the network
 * @param data what its own data is worth
 * @param wokeAt when this daemon started or last woke from a sleep: what it reads right then may
 *     have waited in a buffer
 * @param listenUntil after a start or a tilt: nothing is claimed before
 * @param lastInput when the loop last turned
 * @param beatDue when the next heartbeat is due
 * @param probeDue when the next look at the network is due, while something is suspected
 * @param serviceSilentFrom when the first of the latest looks began that all found the service
 *     address silent; empty: it answered, or a node that serves was heard since, or this node was
 *     cut off
 * @param fit the resources of this machine are in order
 * @param election what it knows of votes
 */
public record View(
    SortedMap<NodeName, Sighting> peers,
    Optional<Probe> probe,
    Standing data,
    Moment wokeAt,
    Moment listenUntil,
    Moment lastInput,
    Moment beatDue,
    Moment probeDue,
    Optional<Moment> serviceSilentFrom,
    boolean fit,
    Election election) {

  public View {
    peers = Collections.unmodifiableSortedMap(new TreeMap<>(peers));
  }

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

  Sighting of(NodeName peer) {
    Sighting sighting = peers.get(peer);
    if (sighting == null) {
      throw new IllegalArgumentException(peer + " is not a peer");
    }
    return sighting;
  }

  View withPeer(NodeName name, Sighting sighting) {
    var changed = new TreeMap<>(peers);
    changed.put(name, sighting);
    boolean serves = sighting.last().filter(Heartbeat::mayServe).isPresent();
    return new View(
        changed,
        probe,
        data,
        wokeAt,
        listenUntil,
        lastInput,
        beatDue,
        probeDue,
        serves ? Optional.empty() : serviceSilentFrom,
        fit,
        election);
  }

  View withPeers(SortedMap<NodeName, Sighting> newPeers) {
    return new View(
        newPeers,
        probe,
        data,
        wokeAt,
        listenUntil,
        lastInput,
        beatDue,
        probeDue,
        serviceSilentFrom,
        fit,
        election);
  }

  View withProbe(Probe newProbe) {
    Optional<Moment> silentFrom =
        newProbe.connected() && newProbe.service() == Service.SILENT
            ? serviceSilentFrom.or(() -> Optional.of(newProbe.begunAt()))
            : Optional.empty();
    return new View(
        peers,
        Optional.of(newProbe.after(probe)),
        data,
        wokeAt,
        listenUntil,
        lastInput,
        beatDue,
        probeDue,
        silentFrom,
        fit,
        election);
  }

  View withData(Standing newData) {
    return new View(
        peers,
        probe,
        newData,
        wokeAt,
        listenUntil,
        lastInput,
        beatDue,
        probeDue,
        serviceSilentFrom,
        fit,
        election);
  }

  View withFit(boolean isFit) {
    return new View(
        peers,
        probe,
        data,
        wokeAt,
        listenUntil,
        lastInput,
        beatDue,
        probeDue,
        serviceSilentFrom,
        isFit,
        election);
  }

  private View timed(Moment input, Moment beat, Moment look) {
    return new View(
        peers,
        probe,
        data,
        wokeAt,
        listenUntil,
        input,
        beat,
        look,
        serviceSilentFrom,
        fit,
        election);
  }

  View withLastInput(Moment at) {
    return timed(at, beatDue, probeDue);
  }

  View withBeatDue(Moment due) {
    return timed(lastInput, due, probeDue);
  }

  View withProbeDue(Moment due) {
    return timed(lastInput, beatDue, due);
  }

  /** Claims nothing before {@code until}. */
  View listening(Moment until) {
    return new View(
        peers,
        probe,
        data,
        wokeAt,
        until,
        lastInput,
        beatDue,
        probeDue,
        serviceSilentFrom,
        fit,
        election);
  }

  /** The network is to be looked at at once. */
  View awake(Moment at) {
    return new View(
        peers,
        probe,
        data,
        at,
        listenUntil,
        lastInput,
        beatDue,
        at,
        serviceSilentFrom,
        fit,
        election);
  }

  /** Forgets every silence: all peers are counted from {@code at}. */
  View countingFrom(Moment at) {
    var changed = new TreeMap<NodeName, Sighting>();
    peers.forEach((name, sighting) -> changed.put(name, sighting.countingFrom(at)));
    return withPeers(changed);
  }

  View withElection(Election changed) {
    return new View(
        peers,
        probe,
        data,
        wokeAt,
        listenUntil,
        lastInput,
        beatDue,
        probeDue,
        serviceSilentFrom,
        fit,
        changed);
  }
}
