package understudy.sync;

import understudy.time.Moment;

/**
 * Told when this node's own tree was captured for a follower. Called by the serving thread; must
 * not block.
 */
public interface CaptureListener {

  /** The dataset's head is what its tree was at {@code begunAt} or later. */
  void captured(String dataset, Moment begunAt);
}
