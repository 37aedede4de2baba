package understudy.failover;

import understudy.time.Moment;

/** What this node's own data is worth. */
public sealed interface Standing {

  /** A name for the content; equal on two nodes means equal data. Empty when there is none. */
  String head();

  /** No dataset is configured: nothing can be lost. */
  record NothingToCopy() implements Standing {
    @Override
    public String head() {
      return "";
    }
  }

  /** Not one complete generation yet. */
  record Incomplete(String why) implements Standing {
    @Override
    public String head() {
      return "";
    }
  }

  /** A complete generation whose age is not known (after a restart, until the next sync). */
  record Undated(String head) implements Standing {}

  /**
   * A complete generation.
   *
   * @param freshAt the source looked like this at this moment or later
   */
  record Complete(String head, Moment freshAt) implements Standing {}

  /** This node could start its service on what it has. */
  default boolean isWhole() {
    return switch (this) {
      case NothingToCopy _, Undated _, Complete _ -> true;
      case Incomplete _ -> false;
    };
  }
}
