package understudy.failover;

import java.util.Optional;

/**
 * The one key in a store that says who holds the mandate; changed by compare-and-set only.
 *
 * @param term the fencing token: grows with every change of the holder
 * @param released the holder has stopped and lets go
 * @param successor who alone may take a released key before a lease has passed; empty: anybody
 * @param version grows with every change; zero: there is no key
 */
public record Register(
    Optional<NodeName> holder,
    Term term,
    boolean released,
    Optional<NodeName> successor,
    long version) {

  /** Nobody ever held it, or somebody wiped it. */
  public static final Register ABSENT =
      new Register(Optional.empty(), Term.NONE, false, Optional.empty(), 0);

  /** What {@code node} writes to take or renew it; {@code version} is what must still be there. */
  public static Register held(NodeName node, Term term, long version) {
    return new Register(Optional.of(node), term, false, Optional.empty(), version);
  }

  Register release(Optional<NodeName> to) {
    return new Register(holder, term, true, to, version);
  }

  boolean isHeldBy(NodeName node) {
    return holder.equals(Optional.of(node));
  }

  boolean isReleasedTo(NodeName node) {
    return released && successor.map(node::equals).orElse(true);
  }
}
