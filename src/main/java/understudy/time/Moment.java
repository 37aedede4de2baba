package understudy.time;

import java.time.Duration;

/**
 * A point on one machine's monotonic clock. Comparable only with moments of the same machine and
 * boot; carries no calendar meaning.
 *
 * @param nanos nanoseconds since an arbitrary origin, may be negative
 */
public record Moment(long nanos) implements Comparable<Moment> {

  public Moment plus(Duration duration) {
    return new Moment(nanos + duration.toNanos());
  }

  public Moment minus(Duration duration) {
    return new Moment(nanos - duration.toNanos());
  }

  /** How long from this moment to {@code later}; negative when {@code later} is earlier. */
  public Duration until(Moment later) {
    return Duration.ofNanos(later.nanos - nanos);
  }

  /** {@code later} comes after this by {@code span} or less. */
  public boolean isWithin(Duration span, Moment later) {
    return later.nanos - nanos <= span.toNanos();
  }

  public boolean isBefore(Moment other) {
    return nanos - other.nanos < 0;
  }

  public boolean isAfter(Moment other) {
    return nanos - other.nanos > 0;
  }

  public static Moment laterOf(Moment one, Moment other) {
    return one.isBefore(other) ? other : one;
  }

  // Written out: the generated one is called indirectly, a twentieth of the simulator's time.
  @Override
  public boolean equals(Object other) {
    return other instanceof Moment(long same) && same == nanos;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(nanos);
  }

  @Override
  public int compareTo(Moment other) {
    return Long.signum(nanos - other.nanos);
  }
}
