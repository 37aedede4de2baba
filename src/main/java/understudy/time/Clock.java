package understudy.time;

import java.time.Instant;

/**
 * Where time comes from: the machine's clock in the daemon, a simulated one in tests and in the
 * simulator.
 */
public interface Clock {

  /**
   * Monotonic: never goes back while the machine is up, unaffected by changes of the wall clock.
   * Does not block.
   */
  Moment now();

  /**
   * Wall time, for people and for comparing with other machines' clocks; may jump. Does not block.
   */
  Instant wall();
}
