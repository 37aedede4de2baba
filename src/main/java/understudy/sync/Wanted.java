package understudy.sync;

import java.time.Instant;
import understudy.sync.plan.TreePath;

/** What is to be had back. */
public sealed interface Wanted {
  /** One kept piece: what a sync or a restore took away. */
  record Kept(long id) implements Wanted {}

  /** A file or directory as it was at a time. */
  record AsOf(TreePath path, Instant time) implements Wanted {}
}
