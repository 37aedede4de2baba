package understudy.sync;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import understudy.time.Moment;

/**
 * Whether what is sent is worth compressing. It is tried when the sender mostly waits and the line
 * takes less than a gigabit network does, and kept up only while more arrives than without: a
 * receiver that is busy looks like a slow line, but unpacking delays it. Content that does not
 * shrink is tried ever more rarely. For one thread; times are told.
 */
final class Squeeze {
  /** A line that takes more bytes a second is faster than the compression pays for. */
  static final long FAST_BYTES_PER_SECOND = 100_000_000;

  /** A window, which is judged as a whole, ends with so many bytes sent, or when it was long. */
  static final int WINDOW_BYTES = 1 << 20;

  private static final int MOST_PLAIN_BYTES = 4 << 20;

  private static final long SHORTEST_NANOS = Duration.ofMillis(50).toNanos();
  private static final long LONG_NANOS = Duration.ofSeconds(1).toNanos();

  /** So many windows after a change say nothing: the buffers on the way hold what was before. */
  static final int SETTLING = 16;

  /** Windows without compression between two tries of it, when the last one was worth it. */
  private static final int LEAST_PATIENCE = SETTLING + 4;

  /** And after many in a row that were not. */
  static final int MOST_PATIENCE = 1024;

  /** Windows with it, after which what goes without is looked at again: the first time. */
  private static final int SHORTEST_SPELL = 2 * SETTLING;

  /** And after many that were worth it. */
  static final int LONGEST_SPELL = 256;

  private static final double MOSTLY = 0.5;
  private static final double WORTH_IT = 1.1;
  private static final double NEWEST_WEIGHT = 0.25;
  private static final int RAREST = 64;

  private long plainBytes;
  private long sentBytes;
  private long waitedNanos;
  private long elapsedNanos;
  private @Nullable Moment last;

  private boolean isSqueezing;
  private int windows = SETTLING;
  private int patience = SETTLING + 1;
  private int spell = SHORTEST_SPELL;
  private double plainRate;
  private double squeezedRate;

  private int pause = 1;
  private int toSkip;

  /**
   * A block went out between these moments; all of that time counts as waiting.
   *
   * @param plain bytes of it before it was compressed
   */
  void sent(int plain, int sent, Moment start, Moment end) {
    plainBytes += plain;
    sentBytes += sent;
    waitedNanos += start.until(end).toNanos();
    elapsedNanos += (last == null ? start : last).until(end).toNanos();
    last = end;
    boolean isMuch = sentBytes >= WINDOW_BYTES || plainBytes >= MOST_PLAIN_BYTES;
    if ((isMuch && elapsedNanos >= SHORTEST_NANOS) || elapsedNanos >= LONG_NANOS) {
      windows++;
      if (windows > SETTLING) {
        judge();
      }
      plainBytes = 0;
      sentBytes = 0;
      waitedNanos = 0;
      elapsedNanos = 0;
    }
  }

  /** Nobody wants anything for a while; that time does not count. */
  void rest() {
    last = null;
  }

  private void judge() {
    double rate = (double) plainBytes / elapsedNanos;
    if (!isSqueezing) {
      plainRate = smoothed(plainRate, rate);
      boolean isSlow = sentBytes * 1e9 / elapsedNanos < FAST_BYTES_PER_SECOND;
      if (isSlow && waitedNanos > MOSTLY * elapsedNanos && windows >= patience) {
        change(true);
      }
    } else if (plainBytes >= WORTH_IT * sentBytes) { // else nothing shrank: nothing is learnt
      squeezedRate = smoothed(squeezedRate, rate);
      if (squeezedRate < WORTH_IT * plainRate) {
        patience = Math.min(MOST_PATIENCE, 2 * patience);
        spell = SHORTEST_SPELL;
        change(false);
      } else if (windows >= spell) {
        patience = LEAST_PATIENCE;
        spell = Math.min(LONGEST_SPELL, 2 * spell);
        change(false);
      }
    }
  }

  private static double smoothed(double before, double newest) {
    return before == 0 ? newest : before + NEWEST_WEIGHT * (newest - before);
  }

  private void change(boolean toSqueezing) {
    isSqueezing = toSqueezing;
    windows = 0;
    squeezedRate = 0;
    if (!toSqueezing) {
      plainRate = 0;
    }
  }

  /** Whether to try it with the next block. */
  boolean isWorthTrying() {
    if (!isSqueezing) {
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
