package understudy.config;

import java.time.Duration;

/**
 * The arithmetic without which two nodes could serve at once: the old holder must be silent, and
 * have stopped by its own clock, before another may start. Shown with the numbers when it fails.
 */
final class Timing {
  /** How much slower one machine's clock may run than another's, in percent. */
  static final int DRIFT_PERCENT = 1;

  private Timing() {}

  static void check(FailoverConfig read, Section failover, Section heartbeat) {
    Duration suspected = read.interval().multipliedBy(read.failures());
    if (suspected.compareTo(read.primaryTimeout()) >= 0) {
      place(failover, heartbeat, "primary-timeout")
          .wrong(
              "heartbeat.interval × heartbeat.failures < primary-timeout does not hold: %s × %d = %s, and primary-timeout is %s"
                  .formatted(
                      text(read.interval()),
                      read.failures(),
                      text(suspected),
                      text(read.primaryTimeout())),
              "raise primary-timeout above " + text(suspected) + ", or send more often");
    }
    if (read.lease().compareTo(read.primaryTimeout()) >= 0) {
      place(failover, heartbeat, "lease")
          .wrong(
              "lease < primary-timeout does not hold: lease is %s, primary-timeout is %s"
                  .formatted(text(read.lease()), text(read.primaryTimeout())),
              "write lease: " + text(FailoverReader.usualLease(read.primaryTimeout())));
    }
    Duration needed = read.interval().plus(FailoverConfig.FENCE_BUDGET);
    Duration usable = read.lease().multipliedBy(100 - DRIFT_PERCENT).dividedBy(100);
    if (needed.compareTo(usable) >= 0) {
      place(failover, heartbeat, "lease")
          .wrong(
              "heartbeat.interval + fence budget < lease × 99 % does not hold: "
                  + "%s + %s = %s, and %s × 99 %% = %s"
                      .formatted(
                          text(read.interval()),
                          text(FailoverConfig.FENCE_BUDGET),
                          text(needed),
                          text(read.lease()),
                          text(usable)),
              "raise lease and primary-timeout, or shorten heartbeat.interval");
    }
  }

  /** The written key that matters most here; the section itself when all are defaults. */
  private static Value place(Section failover, Section heartbeat, String first) {
    return failover
        .find(first)
        .or(() -> failover.find("primary-timeout"))
        .or(() -> heartbeat.find("interval"))
        .or(() -> heartbeat.find("failures"))
        .or(() -> failover.find("lease"))
        .orElse(failover.self());
  }

  private static String text(Duration duration) {
    return Durations.format(duration);
  }
}
