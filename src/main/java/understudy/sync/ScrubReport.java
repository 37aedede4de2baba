package understudy.sync;

import java.util.List;
import understudy.sync.plan.TreePath;

/**
 * What came of reading everything again.
 *
 * @param found what is not as it should be, at most {@link #MOST_FOUND}
 * @param foundCount how many there are in all
 */
public record ScrubReport(
    String dataset, long files, long bytes, List<Found> found, long foundCount) {
  public static final int MOST_FOUND = 1000;

  /**
   * A path that is not as it should be.
   *
   * @param what {@code damaged}: other bytes though nobody wrote it; {@code unreadable}; and on a
   *     standby {@code changed}, {@code missing} or {@code extra}: somebody else did that
   */
  public record Found(TreePath path, String what) {}

  public boolean isClean() {
    return foundCount == 0;
  }
}
