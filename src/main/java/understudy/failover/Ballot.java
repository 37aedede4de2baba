package understudy.failover;

/**
 * A voter's promise: nobody but {@code to} gets its vote for one lease on the voter's own clock.
 *
 * @param bid the latest bid that it answers
 */
public record Ballot(NodeName to, Bid bid) {

  /** The same without the time at which the bid was said. */
  Ballot timeless() {
    return new Ballot(to, bid.timeless());
  }
}
