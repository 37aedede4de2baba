package understudy.failover;

import java.util.List;
import understudy.time.Moment;

/**
 * Judges who may hold the mandate. Pure: works on evidence that the edges gathered. Never blocks.
 */
public interface Arbiter {

  /** What forbids this node to take over now; empty: it may. */
  List<Block> blocks(Claim claim);

  /**
   * Until when the mandate of a holder lasts, as of {@code at}. Never later than {@code at} plus
   * the lease. An answer at or before {@code at} means that it cannot be renewed now; what was
   * proven before still lasts.
   */
  Moment mandateUntil(Policy policy, View view, Moment at);

  /**
   * A wish to take over.
   *
   * @param durable what this node remembers
   * @param view what this node knows
   * @param at now
   */
  record Claim(Policy policy, Durable durable, View view, Moment at) {}

  /** One reason that holds a takeover back, with what was seen. */
  record Block(Rule rule, String evidence) {}
}
