package understudy.time;

import java.time.Instant;

/** The clock of this machine. */
public final class SystemClock implements Clock {
  @Override
  public Moment now() {
    return new Moment(System.nanoTime());
  }

  @Override
  public Instant wall() {
    return Instant.now();
  }
}
