package understudy.failover;

import java.time.Duration;
import understudy.time.Moment;

/**
 * A wish for votes, said in a heartbeat: let me hold the mandate of {@code term}. Said anew in
 * every heartbeat while the sender seeks or holds the mandate.
 *
 * @param life tells this life of the candidate from its others
 * @param sentAt when it was said, on the candidate's own clock; comes back in the {@link Ballot},
 *     so that the candidate knows from when its mandate counts
 * @param lease what the candidate goes by: a voter is bound for that long also when its own lease
 *     is shorter, as while the configuration is changed on one after the other
 */
public record Bid(Term term, long life, Moment sentAt, Duration lease) {

  /** The same without the time at which it was said. */
  Bid timeless() {
    return new Bid(term, life, new Moment(0), lease);
  }
}
