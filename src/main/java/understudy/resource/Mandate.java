package understudy.resource;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import understudy.time.Clock;
import understudy.time.Moment;

/** Until when something may go on, by the clock of this machine. Safe from any thread. */
public final class Mandate {
  private final Clock clock;
  private final AtomicReference<@Nullable Moment> until = new AtomicReference<>();

  public Mandate(Clock clock) {
    this.clock = clock;
  }

  /** Replaces what was before, also by something shorter. */
  public void extend(Moment end) {
    until.set(end);
  }

  /** What is left; zero when there is no mandate or it ran out. */
  public Duration remaining() {
    Moment end = until.get();
    if (end == null) {
      return Duration.ZERO;
    }
    Duration left = clock.now().until(end);
    return left.isNegative() ? Duration.ZERO : left;
  }

  public boolean isValid() {
    return remaining().isPositive();
  }
}
