package understudy.sync;

import java.time.Instant;
import java.util.Optional;
import understudy.sync.plan.TreePath;

/**
 * One path that is not the same then and now.
 *
 * @param what {@code only then}, {@code only now}, {@code content}, {@code type} or {@code
 *     attributes}; {@code perhaps content} when it was too much to compare
 */
public record Difference(TreePath path, String what, Optional<Side> then, Optional<Side> now) {

  /** How an entry is on one side. */
  public record Side(String kind, long bytes, Instant modifiedAt, int mode) {}
}
