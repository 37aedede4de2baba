package understudy.failover;

import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.stream.Stream;
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
 * @param servedUnheardUntil until when another may have served though this node did not hear it:
 *     the service address answered, a voter or the store said that another holds the mandate, or
 *     this node was cut off or asleep; empty: there was no such sign
 * @param fit the resources of this machine are in order
 * @param election what it knows of votes
 */
public record View(
    Roster<Sighting> peers,
    Optional<Probe> probe,
    Standing data,
    Times times,
    Optional<Moment> serviceSilentFrom,
    Optional<Moment> servedUnheardUntil,
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

  /** What is read now was sent after the last sleep, not before it. */
  public boolean isAwake(Timing timing, Moment at) {
    return !at.isBefore(wokeAt().plus(timing.interval()));
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
    return new View(
        peers.with(name, sighting),
        probe,
        data,
        times,
        silentFrom,
        servedUnheardUntil,
        fit,
        election);
  }

  View withPeers(Roster<Sighting> changed) {
    return new View(
        changed, probe, data, times, serviceSilentFrom, servedUnheardUntil, fit, election);
  }

  View withProbe(Probe seen) {
    Optional<Moment> silentFrom =
        seen.connected() && seen.service() == Service.SILENT
            ? serviceSilentFrom.or(() -> Optional.of(seen.begunAt()))
            : Optional.empty();
    Optional<Probe> latest = Optional.of(seen.after(probe));
    boolean mayServeElsewhere = !seen.connected() || seen.service() == Service.ANSWERS;
    View seeing =
        new View(peers, latest, data, times, silentFrom, servedUnheardUntil, fit, election);
    return mayServeElsewhere ? seeing.servedUnheard(seen.begunAt()) : seeing;
  }

  View withData(Standing changed) {
    return new View(
        peers, probe, changed, times, serviceSilentFrom, servedUnheardUntil, fit, election);
  }

  View withFit(boolean isFit) {
    return new View(
        peers, probe, data, times, serviceSilentFrom, servedUnheardUntil, isFit, election);
  }

  View withElection(Election changed) {
    return new View(peers, probe, data, times, serviceSilentFrom, servedUnheardUntil, fit, changed);
  }

  View servedUnheard(Moment until) {
    Moment latest = servedUnheardUntil.map(known -> Moment.laterOf(known, until)).orElse(until);
    return new View(
        peers, probe, data, times, serviceSilentFrom, Optional.of(latest), fit, election);
  }

  View at(Times changed) {
    return new View(
        peers, probe, data, changed, serviceSilentFrom, servedUnheardUntil, fit, election);
  }

  /** A term was taken by somebody: by {@code name} perhaps, unless it is heard. */
  View holdingUnheard(NodeName name, Duration suspicion, Moment at) {
    Sighting peer = peers.find(name);
    return peer == null || peer.isHeard(suspicion, at)
        ? this
        : withPeers(peers.with(name, peer.perhapsHolding(peer.countFrom())));
  }

  /** It is known who took the latest term. */
  View holderKnown() {
    for (int i = 0; i < peers.size(); i++) {
      if (peers.value(i).mayHold()) {
        return withPeers(peers.changed(Sighting::holdingNothing));
      }
    }
    return this;
  }

  /** Forgets every silence: all peers are counted from {@code at}. */
  View countingFrom(Moment at) {
    return withPeers(peers.changed(sighting -> sighting.countingFrom(at)));
  }

  /** Who let clients in last has been met since this daemon started, as far as can be told. */
  boolean isLastServedMet(Durable durable) {
    boolean isEachMet = peers.values().stream().allMatch(Sighting::isMet);
    return isKnownServedMet(durable) && (isEachMet || isEachReignMet(durable));
  }

  /** Who is known to have let clients in last has been met, and remembers it. */
  boolean isKnownServedMet(Durable durable) {
    Term met = durable.served();
    for (int i = 0; i < peers.size(); i++) {
      met = Term.latestOf(met, peers.value(i).served());
    }
    return !durable.knownServed().isAfter(met);
  }

  /** Of each term that is later than what is known to have served, it is known who had it. */
  private boolean isEachReignMet(Durable durable) {
    var met = new HashSet<Term>();
    Term known = durable.knownServed();
    long later = durable.term().number() - known.number();
    Stream.concat(
            Stream.of(durable.reign()),
            peers.values().stream().flatMap(peer -> peer.last().stream()).map(Heartbeat::reign))
        .filter(reign -> reign.isAfter(known))
        .forEach(met::add);
    return met.size() >= later;
  }
}
