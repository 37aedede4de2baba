package understudy.failover;

import java.util.Optional;

/**
 * What a member says about votes, whole in every heartbeat.
 *
 * @param life tells this life of the sender from its others
 * @param bid the sender seeks or holds the mandate
 * @param ballot the sender's promise, while it lasts
 * @param voted the latest term in which the sender gave its vote
 */
public record Votes(long life, Optional<Bid> bid, Optional<Ballot> ballot, Term voted) {
  /** Of a member whose arbiter asks nobody. */
  public static final Votes NONE = new Votes(0, Optional.empty(), Optional.empty(), Term.NONE);
}
