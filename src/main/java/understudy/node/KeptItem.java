package understudy.node;

import understudy.failover.NodeName;

/** A kept piece as people name it: the node that has it, and its number there: {@code beta:17}. */
record KeptItem(NodeName node, long id) {

  /** Throws {@link IllegalArgumentException} that says what is wrong. */
  static KeptItem parse(String text) {
    int colon = text.lastIndexOf(':');
    try {
      if (colon > 0) {
        return new KeptItem(
            new NodeName(text.substring(0, colon)), Long.parseLong(text.substring(colon + 1)));
      }
    } catch (NumberFormatException noNumber) {
      throw wrong(text, noNumber);
    }
    throw wrong(text, null);
  }

  private static IllegalArgumentException wrong(
      String text, @org.jspecify.annotations.Nullable Throwable cause) {
    return new IllegalArgumentException(
        "'" + text + "' names nothing kept; write node and number as in salvage list: beta:17",
        cause);
  }

  @Override
  public String toString() {
    return node + ":" + id;
  }
}
