package understudy.sync;

import java.util.Optional;
import understudy.sync.plan.TreePath;

/**
 * Which kept pieces are asked for.
 *
 * @param within only what is this path, lies below it, or contains it
 * @param onlyHere only what this node alone had when it followed another line
 * @param before only ids below this one
 * @param limit at most so many, 1 to {@link #MOST}
 */
public record KeptQuery(Optional<TreePath> within, boolean onlyHere, long before, int limit) {
  public static final int MOST = 1000;

  public KeptQuery {
    if (limit < 1 || limit > MOST) {
      throw new IllegalArgumentException("1 to " + MOST + " rows are listed, not " + limit);
    }
  }

  /** Everything, as far as the limit goes. */
  public static KeptQuery all() {
    return new KeptQuery(Optional.empty(), false, Long.MAX_VALUE, MOST);
  }
}
