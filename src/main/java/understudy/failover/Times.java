package understudy.failover;

import understudy.time.Moment;

/**
 * The moments that a node lives by, all on its own clock.
 *
 * @param wokeAt when this daemon started or last woke from a sleep: what it reads right then may
 *     have waited in a buffer
 * @param sleptFrom when the loop had last turned before that sleep
 * @param listenUntil after a start or a tilt: nothing is claimed before
 * @param lastInput when the loop last turned
 * @param beatDue when the next heartbeat is due
 * @param probeDue when the next look at the network is due, while something is suspected
 */
public record Times(
    Moment wokeAt,
    Moment sleptFrom,
    Moment listenUntil,
    Moment lastInput,
    Moment beatDue,
    Moment probeDue) {

  /** Of a daemon that has just started and need not listen first. */
  static Times booted(Moment neverSlept, Moment at) {
    return new Times(neverSlept, neverSlept, at, at, at, at);
  }

  /** Claims nothing before {@code until}. */
  Times listening(Moment until) {
    return new Times(wokeAt, sleptFrom, until, lastInput, beatDue, probeDue);
  }

  /** The network is to be looked at at once. */
  Times awake(Moment at) {
    return new Times(at, lastInput, listenUntil, lastInput, beatDue, at);
  }

  Times turned(Moment at, Moment beat) {
    return new Times(wokeAt, sleptFrom, listenUntil, at, beat, probeDue);
  }

  /** The next heartbeat is due at once. */
  Times speaking(Moment at) {
    return new Times(wokeAt, sleptFrom, listenUntil, lastInput, at, probeDue);
  }

  Times probing(Moment due) {
    return new Times(wokeAt, sleptFrom, listenUntil, lastInput, beatDue, due);
  }
}
