package understudy.failover;

import java.util.regex.Pattern;

/**
 * The name of a node, unique in its cluster: 1 to 63 lower-case letters, digits and inner hyphens.
 */
public record NodeName(String value) implements Comparable<NodeName> {
  private static final Pattern SHAPE = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

  public NodeName {
    if (!SHAPE.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "a node name has 1 to 63 lower-case letters, digits and inner hyphens, not '"
              + value
              + "'");
    }
  }

  // Written out: the generated one is called indirectly, a twentieth of the simulator's time.
  @Override
  public boolean equals(Object other) {
    return this == other || (other instanceof NodeName(String same) && same.equals(value));
  }

  @Override
  public int hashCode() {
    return value.hashCode();
  }

  @Override
  public int compareTo(NodeName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
