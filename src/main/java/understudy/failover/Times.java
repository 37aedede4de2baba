package understudy.failover;

import understudy.time.Moment;

/**
 * The moments that a node lives by, all on its own clock.
 *
 * @param wokeAt when this daemon started or last woke from a sleep: what it reads right then may
 *     have waited in a buffer
 * @param sleptFrom when the loop had last turned before that sleep
 * @param listenUntil after a start or a tilt: nothing is claimed before
 * @param unsureUntil after a peer was heard again: as {@code listenUntil}, but an offer may be
 *     taken up when nobody is silent
 * @param lastInput when the loop last turned
 * @param beatDue when the next heartbeat is due
 * @param probeDue when the next look at the network is due, while something is suspected
 */
public record Times(
    Moment wokeAt,
    Moment sleptFrom,
    Moment listenUntil,
    Moment unsureUntil,
    Moment lastInput,
    Moment beatDue,
    Moment probeDue) {

  /** Of a daemon that has just started and need not listen first. */
  static Times booted(Moment neverSlept, Moment at) {
    return new Times(neverSlept, neverSlept, at, at, at, at, at);
  }

  /** Claims nothing before {@code until}. */
  Times listening(Moment until) {
    return new Times(wokeAt, sleptFrom, until, unsureUntil, lastInput, beatDue, probeDue);
  }

  /** A peer was heard again, perhaps with an old word: it says more until then, or is silent. */
  Times unsure(Moment until) {
    return new Times(wokeAt, sleptFrom, listenUntil, until, lastInput, beatDue, probeDue);
  }

  /** The network is to be looked at at once. */
  Times awake(Moment at) {
    return new Times(at, lastInput, listenUntil, unsureUntil, lastInput, beatDue, at);
  }

  Times turned(Moment at, Moment beat) {
    return new Times(wokeAt, sleptFrom, listenUntil, unsureUntil, at, beat, probeDue);
  }

  /** The next heartbeat is due at once. */
  Times speaking(Moment at) {
    return new Times(wokeAt, sleptFrom, listenUntil, unsureUntil, lastInput, at, probeDue);
  }

  Times probing(Moment due) {
    return new Times(wokeAt, sleptFrom, listenUntil, unsureUntil, lastInput, beatDue, due);
  }
}
