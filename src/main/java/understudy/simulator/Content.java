package understudy.simulator;

import java.util.Optional;

/** What stands on a machine's disk: every write since the blank disk, in order. */
final class Content {
  static final Content BLANK = new Content(Optional.empty(), 0, 0);

  private final Optional<Content> before;
  private final long writes;
  private final long chain;

  private Content(Optional<Content> before, long writes, long chain) {
    this.before = before;
    this.writes = writes;
    this.chain = chain;
  }

  Content with(long write) {
    long mixed = (chain ^ write) * 0x9E3779B97F4A7C15L;
    return new Content(Optional.of(this), writes + 1, mixed ^ (mixed >>> 29));
  }

  /** The same without its latest write. */
  Content before() {
    return before.orElse(this);
  }

  /** The same writes in the same order. */
  boolean isSameAs(Content other) {
    return writes == other.writes && chain == other.chain;
  }

  /** Has every write of {@code other}, and perhaps more. */
  boolean has(Content other) {
    Content here = this;
    while (here.writes > other.writes) {
      here = here.before();
    }
    return here.isSameAs(other);
  }

  long writes() {
    return writes;
  }

  /** A name for it, equal exactly for equal content. */
  String head() {
    return writes + "-" + Long.toHexString(chain >>> 32);
  }

  @Override
  public String toString() {
    return head();
  }
}
