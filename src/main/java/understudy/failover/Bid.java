package understudy.failover;

import understudy.time.Moment;

/**
 * A wish for votes, said in a heartbeat: let me hold the mandate of {@code term}. Said anew in
 * every heartbeat while the sender seeks or holds the mandate.
 *
 * @param life tells this life of the candidate from its others
 * @param sentAt when it was said, on the candidate's own clock; comes back in the {@link Ballot},
 *     so that the candidate knows from when its mandate counts
 */
public record Bid(Term term, long life, Moment sentAt) {

  /** The same without the time at which it was said. */
  Bid timeless() {
    return new Bid(term, life, new Moment(0));
  }
}
