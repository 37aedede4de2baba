package understudy.failover;

import java.time.Duration;
import java.util.Optional;
import understudy.time.Moment;

/**
 * What is known of a peer.
 *
 * @param heardAt when its latest heartbeat came, on any link; empty: never since this daemon
 *     started
 * @param countFrom silence is counted from here when nothing newer was heard: start of the daemon
 *     or end of a tilt
 * @param last its latest heartbeat
 * @param fence what the fence command did to it
 */
public record Sighting(
    Optional<Moment> heardAt, Moment countFrom, Optional<Heartbeat> last, PeerFence.Attempt fence) {

  /** A sighting of a peer that no fence command was run against. */
  public Sighting(Optional<Moment> heardAt, Moment countFrom, Optional<Heartbeat> last) {
    this(heardAt, countFrom, last, new PeerFence.Attempt.None());
  }

  static Sighting never(Moment countFrom) {
    return new Sighting(Optional.empty(), countFrom, Optional.empty());
  }

  Sighting heard(Heartbeat heartbeat, Moment at) {
    boolean runs = fence instanceof PeerFence.Attempt.UnderWay;
    return new Sighting(
        Optional.of(at), at, Optional.of(heartbeat), runs ? fence : new PeerFence.Attempt.None());
  }

  Sighting countingFrom(Moment moment) {
    return new Sighting(heardAt, Moment.laterOf(countFrom, moment), last, fence);
  }

  Sighting fenced(PeerFence.Attempt attempt) {
    return new Sighting(heardAt, countFrom, last, attempt);
  }

  /** How long nothing was heard, not counting time in which this node was not listening. */
  public Duration silence(Moment at) {
    return countFrom.until(at);
  }

  /** Heard within {@code window}. */
  public boolean isHeard(Duration window, Moment at) {
    return heardAt.isPresent() && heardAt.get().until(at).compareTo(window) <= 0;
  }

  /** Heard since this daemon started. */
  public boolean isMet() {
    return heardAt.isPresent();
  }
}
