package understudy.failover;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.TreeSet;

/**
 * Who votes. More than half of all registered voters make a mandate, whether they are heard or not.
 *
 * @param voters nodes and witnesses in the order of their names
 * @param driftPermille by how much the rates of two machines' clocks may differ
 */
public record Electorate(Set<NodeName> voters, int driftPermille) {
  private static final int WHOLE = 1_000;

  public Electorate {
    // looked up in every step, hence by hash; listed by name
    voters = Collections.unmodifiableSet(new LinkedHashSet<>(new TreeSet<>(voters)));
    if (driftPermille < 0 || driftPermille >= WHOLE) {
      throw new IllegalArgumentException("a drift of " + driftPermille + " permille");
    }
  }

  /** The least number of votes that no other candidate can have at the same time. */
  public int majority() {
    return voters.size() / 2 + 1;
  }

  /** How many voters may be lost without losing the mandate. */
  public int spare() {
    return voters.size() - majority();
  }

  /**
   * How many others a voter without memory must have heard before it votes: so many that one of
   * them took part in every majority that it may have been part of itself.
   */
  public int toAsk() {
    return Math.max(0, Math.min(voters.size() - 1, voters.size() - majority() + 1));
  }

  /** What of a promised lease its holder may use: its clock may be slower than the voter's. */
  public Duration usable(Duration lease) {
    return usable(lease, driftPermille);
  }

  /** What of {@code lease} is left when clocks drift apart. */
  public static Duration usable(Duration lease, int driftPermille) {
    return Duration.ofNanos(lease.toNanos() / WHOLE * (WHOLE - driftPermille));
  }
}
