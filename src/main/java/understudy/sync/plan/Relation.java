package understudy.sync.plan;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How one node's head stands to another's, answered by walking ids and never by comparing clocks.
 */
public enum Relation {
  SAME,
  /** The other's head has this node's head among its ancestors. */
  BEHIND,
  /** This node's head has the other's among its ancestors. */
  AHEAD,
  /** Both went on from a common ancestor. */
  DIVERGED,
  /** No common ancestor is known. */
  UNKNOWN;

  /**
   * How one line stands to another.
   *
   * @param own this node's line, newest first, its head included
   * @param other the other's line, newest first, its head included
   */
  public static Relation between(List<Hash> own, List<Hash> other) {
    if (own.isEmpty() || other.isEmpty()) {
      return UNKNOWN;
    }
    if (own.getFirst().equals(other.getFirst())) {
      return SAME;
    }
    if (Set.copyOf(other).contains(own.getFirst())) {
      return BEHIND;
    }
    Set<Hash> line = Set.copyOf(own);
    if (line.contains(other.getFirst())) {
      return AHEAD;
    }
    return newestCommon(own, other).isPresent() ? DIVERGED : UNKNOWN;
  }

  /** The newest generation that both lines have. */
  public static Optional<Hash> newestCommon(List<Hash> own, List<Hash> other) {
    Set<Hash> line = Set.copyOf(own);
    return other.stream().filter(line::contains).findFirst();
  }
}
