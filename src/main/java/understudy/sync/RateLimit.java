package understudy.sync;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.OptionalLong;
import understudy.config.Limit;
import understudy.time.Clock;
import understudy.time.Moment;

/**
 * A token bucket on what a follower receives. By the dataset's own timetable, unless somebody set a
 * rate by hand; either may change while a run is under way. When nothing is taken from the
 * connection, the source waits. Safe for use by several threads.
 */
final class RateLimit {
  /** What may come at once after a pause. */
  private static final Duration BURST = Duration.ofMillis(200);

  private static final int SMALLEST_BURST_BYTES = 16 << 10;
  private static final long LONGEST_WAIT_MILLIS = 500;
  private static final double NANOS = 1e9;

  private final Limit timetable;
  private final Clock clock;
  private OptionalLong byHand = OptionalLong.empty();
  private double tokens;
  private Moment filledAt;

  RateLimit(Limit timetable, Clock clock) {
    this.timetable = timetable;
    this.clock = clock;
    this.filledAt = clock.now();
  }

  /** From now on this many bytes per second, 0: no limit; empty: by the timetable again. */
  synchronized void set(OptionalLong bytesPerSecond) {
    byHand = bytesPerSecond;
    notifyAll();
  }

  /** Bytes per second now; 0: no limit. */
  synchronized long bytesPerSecond() {
    return byHand.orElseGet(
        () -> timetable.at(LocalTime.ofInstant(clock.wall(), ZoneOffset.UTC)).orElse(0));
  }

  /** Somebody set the rate that holds now. */
  synchronized boolean isByHand() {
    return byHand.isPresent();
  }

  /** Waits until something may be received; answers how many of these bytes. */
  synchronized int take(int wanted) throws InterruptedIOException {
    while (true) {
      long rate = bytesPerSecond();
      if (rate == 0) {
        return wanted;
      }
      fill(rate);
      int granted = (int) Math.min(wanted, (long) tokens);
      if (granted >= Math.min(wanted, SMALLEST_BURST_BYTES / 2)) {
        tokens -= granted;
        return granted;
      }
      try {
        double missing = Math.min(wanted, SMALLEST_BURST_BYTES / 2) - tokens;
        wait(Math.clamp((long) (missing * 1000 / rate) + 1, 1, LONGEST_WAIT_MILLIS));
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
        throw (InterruptedIOException)
            new InterruptedIOException("the sync was interrupted").initCause(stopped);
      }
    }
  }

  private void fill(long rate) {
    Moment now = clock.now();
    double most = Math.max(SMALLEST_BURST_BYTES, rate * (BURST.toNanos() / NANOS));
    tokens = Math.min(most, tokens + filledAt.until(now).toNanos() / NANOS * rate);
    filledAt = now;
  }

  /** What was granted and did not come. */
  private synchronized void giveBack(int bytes) {
    tokens += bytes;
  }

  /** The stream, no faster than the limit. */
  InputStream on(InputStream in) {
    return new InputStream() {
      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] bytes, int from, int count) throws IOException {
        if (count == 0) {
          return 0;
        }
        int granted = take(count);
        int read = in.read(bytes, from, granted);
        giveBack(granted - Math.max(read, 0));
        return read;
      }
    };
  }
}
