package understudy.sync;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import understudy.time.Moment;

/**
 * Whether what is sent is worth compressing. It is tried when the sender mostly waits and the line
 * takes less than a gigabit network does, and kept up only while more arrives than without, before
 * it and after it: a receiver that is busy looks like a slow line, but unpacking delays it, and one
 * that is still cold becomes faster by itself. Content that does not shrink is tried ever more
 * rarely. For one thread; times are told.
 */
final class Squeeze {
  /** A line that takes more bytes a second is faster than the compression pays for. */
  static final long FAST_BYTES_PER_SECOND = 100_000_000;

  /** A line that takes fewer is slow for certain: other ones may have a receiver that is cold. */
  private static final long SLOW_BYTES_PER_SECOND = 25_000_000;

  /** Windows in which a receiver that has just begun becomes warm. */
  private static final int WARM = 48;

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
  private static final int SHORTEST_SPELL = SETTLING + 4;

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
  private long judged;
  private int patience = SETTLING + 1;
  private int spell = SHORTEST_SPELL;
  private double plainRate;
  private double squeezedRate;

  /** What arrived with compression when it was last left to see what does without; 0: no doubt. */
  private double doubtedRate;

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
    judged++;
    if (!isSqueezing) {
      plainRate = smoothed(plainRate, rate);
      if (windows < patience) {
        return;
      }
      if (doubtedRate > 0 && doubtedRate < WORTH_IT * plainRate) {
        wasNotWorthIt();
      } else if (isSlow() && waitedNanos > MOSTLY * elapsedNanos) {
        change(true);
      }
      doubtedRate = 0;
    } else if (plainBytes >= WORTH_IT * sentBytes) { // else nothing shrank: nothing is learnt
      squeezedRate = smoothed(squeezedRate, rate);
      if (squeezedRate < WORTH_IT * plainRate) {
        wasNotWorthIt();
        change(false);
      } else if (windows >= spell) {
        patience = LEAST_PATIENCE;
        spell = Math.min(LONGEST_SPELL, 2 * spell);
        doubtedRate = squeezedRate;
        change(false);
      }
    }
  }

  private boolean isSlow() {
    double sentPerSecond = sentBytes * 1e9 / elapsedNanos;
    return sentPerSecond < (judged < WARM ? SLOW_BYTES_PER_SECOND : FAST_BYTES_PER_SECOND);
  }

  private void wasNotWorthIt() {
    patience = Math.min(MOST_PATIENCE, 4 * patience);
    spell = SHORTEST_SPELL;
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
