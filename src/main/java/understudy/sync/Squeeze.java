package understudy.sync;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import understudy.time.Moment;

/**
 * Whether what is sent is worth compressing: when the sender mostly waits and the line takes less
 * than a gigabit network does. Content that does not shrink is tried ever more rarely. For one
 * thread; times are told.
 */
final class Squeeze {
  /** A line that takes more bytes a second is faster than the compression pays for. */
  static final long FAST_BYTES_PER_SECOND = 100_000_000;

  /** What is looked at before anything is decided. */
  static final int WINDOW_BYTES = 1 << 20;

  private static final double MOSTLY = 0.5;
  private static final double NANOS = 1e9;
  private static final int RAREST = 64;

  private long bytes;
  private Duration waited = Duration.ZERO;
  private @Nullable Moment begun;
  private boolean isSlow;
  private int pause = 1;
  private int toSkip;

  /** Bytes went out between these moments; all of that time counts as waiting. */
  void sent(int count, Moment start, Moment end) {
    Moment since = begun == null ? start : begun;
    begun = since;
    bytes += count;
    waited = waited.plus(start.until(end));
    if (bytes >= WINDOW_BYTES) {
      double seconds = Math.max(1, since.until(end).toNanos()) / NANOS;
      isSlow =
          bytes / seconds < FAST_BYTES_PER_SECOND && waited.toNanos() / NANOS > MOSTLY * seconds;
      rest();
    }
  }

  /** What passed until now says nothing: nobody wanted anything for a while. */
  void rest() {
    bytes = 0;
    waited = Duration.ZERO;
    begun = null;
  }

  /** Whether to try it with the next block. */
  boolean isWorthTrying() {
    if (!isSlow) {
      return false;
    }
    if (toSkip > 0) {
      toSkip--;
      return false;
    }
    return true;
  }

  /** What came of a try. */
  void tried(boolean hasShrunk) {
    pause = hasShrunk ? 1 : Math.min(RAREST, pause * 2);
    toSkip = hasShrunk ? 0 : pause;
  }
}
