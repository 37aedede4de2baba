package understudy.failover;

import java.time.Duration;
import java.util.Optional;
import understudy.time.Moment;

/**
 * What is known of a peer.
 *
 * @param heardAt when its latest heartbeat came, on any link; empty: never since this daemon
 *     started
 * @param provenAt {@code heardAt} where this node was awake then: what is read right after a sleep
 *     may have been sent before it, and proves nothing, now or later
 * @param countFrom silence is counted from here when nothing newer was heard: start of the daemon
 *     or end of a tilt
 * @param last its latest heartbeat
 * @param fence what the fence command did to it
 * @param heldAt when it was last heard to hold the mandate, or to be giving it up
 * @param mayHold a term was taken since it was last heard, and nobody was heard to hold it
 * @param served the latest reign in which it was heard to have let clients in: its own disk may
 *     have forgotten it
 * @param servedUntil when it may have served last; empty: it is not known to have
 */
public record Sighting(
    Optional<Moment> heardAt,
    Optional<Moment> provenAt,
    Moment countFrom,
    Optional<Heartbeat> last,
    PeerFence.Attempt fence,
    Optional<Moment> heldAt,
    boolean mayHold,
    Term served,
    Optional<Moment> servedUntil) {

  /** A sighting of a peer that no fence command was run against. */
  public Sighting(Optional<Moment> heardAt, Moment countFrom, Optional<Heartbeat> last) {
    this(
        heardAt,
        heardAt,
        countFrom,
        last,
        new PeerFence.Attempt.None(),
        last.filter(Heartbeat::mayServe).flatMap(_ -> heardAt),
        false,
        last.map(Heartbeat::served).orElse(Term.NONE),
        Optional.empty());
  }

  static Sighting never(Moment countFrom) {
    return new Sighting(Optional.empty(), countFrom, Optional.empty());
  }

  /**
   * What was said before {@code latest}, the latest term known, does not show who holds that.
   *
   * @param isProof whether this node was awake for long enough to know that it was said just now
   * @param suspicion after a longer silence, what it did meanwhile is unknown
   */
  Sighting heard(Heartbeat heartbeat, Term latest, Duration suspicion, boolean isProof, Moment at) {
    boolean heardJustBefore = isHeard(suspicion, at);
    boolean runs = fence instanceof PeerFence.Attempt.UnderWay;
    Optional<Moment> now = Optional.of(at);
    return new Sighting(
        now,
        isProof ? now : Optional.empty(),
        at,
        Optional.of(heartbeat),
        runs ? fence : new PeerFence.Attempt.None(),
        heartbeat.mayServe() ? now : heldAt,
        mayHold && latest.isAfter(heartbeat.term()),
        Term.latestOf(served, heartbeat.served()),
        mayHaveServed(heartbeat, heardJustBefore) ? now : servedUntil);
  }

  /**
   * It may have let clients in until now: it serves, or served until this word; or it served in a
   * reign that was not heard of, also when it came back without its state; or it was stopping when
   * heard last, long ago, and may have rolled back to serving since.
   *
   * @param heardJustBefore its former word is no older than the suspicion time
   */
  private boolean mayHaveServed(Heartbeat now, boolean heardJustBefore) {
    if (now.role() == Role.ACTIVE || last.isEmpty()) {
      return !now.served().equals(Term.NONE);
    }
    Heartbeat before = last.get();
    boolean isUnheardReign = !heardJustBefore && !now.served().equals(before.served());
    if (now.served().isAfter(before.served()) || isUnheardReign) {
      return true;
    }
    return before.mayHaveClients() && (before.role() == Role.ACTIVE || !heardJustBefore);
  }

  Sighting countingFrom(Moment moment) {
    return counting(moment, mayHold);
  }

  /** Somebody who lives took a later term at {@code moment}: it may have been this one. */
  Sighting perhapsHolding(Moment moment) {
    return counting(moment, true);
  }

  Sighting holdingNothing() {
    return counting(countFrom, false);
  }

  private Sighting counting(Moment from, boolean perhapsHolds) {
    Moment latest = Moment.laterOf(countFrom, from);
    return new Sighting(
        heardAt, provenAt, latest, last, fence, heldAt, perhapsHolds, served, servedUntil);
  }

  Sighting fenced(PeerFence.Attempt attempt) {
    return new Sighting(
        heardAt, provenAt, countFrom, last, attempt, heldAt, mayHold, served, servedUntil);
  }

  /** How long nothing was heard, not counting time in which this node was not listening. */
  public Duration silence(Moment at) {
    return countFrom.until(at);
  }

  /** Heard within {@code window}. */
  public boolean isHeard(Duration window, Moment at) {
    return heardAt.isPresent() && heardAt.get().isWithin(window, at);
  }

  /** Heard since this daemon started. */
  public boolean isMet() {
    return heardAt.isPresent();
  }
}
