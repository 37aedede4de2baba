package understudy.config;

import java.math.BigDecimal;
import java.time.Duration;
import understudy.failover.Electorate;

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
    switch (read.arbiter()) {
      case ArbiterConfig.Peer _ -> seen(read, failover, heartbeat);
      // A bid rides on one heartbeat and its grant on the next of the voter.
      case ArbiterConfig.Majority(int drift, Duration roundTrip) ->
          granted(read, failover, heartbeat, 2, roundTrip, drift);
      case ArbiterConfig.Lease(int drift, Duration roundTrip, _, _) ->
          granted(read, failover, heartbeat, 1, roundTrip, drift);
    }
  }

  private static void granted(
      FailoverConfig read,
      Section failover,
      Section heartbeat,
      int intervals,
      Duration roundTrip,
      int driftPermille) {
    Duration needed =
        read.interval().multipliedBy(intervals).plus(roundTrip).plus(FailoverConfig.FENCE_BUDGET);
    Duration usable = Electorate.usable(read.lease(), driftPermille);
    if (needed.compareTo(usable) >= 0) {
      String times = intervals == 1 ? "" : intervals + " × ";
      place(failover, heartbeat, "lease")
          .wrong(
              "%sheartbeat.interval + round-trip + fence budget < lease × (1 − drift) does not hold: %s%s + %s + %s = %s, and %s × %s %% = %s"
                  .formatted(
                      times,
                      times,
                      text(read.interval()),
                      text(roundTrip),
                      text(FailoverConfig.FENCE_BUDGET),
                      text(needed),
                      text(read.lease()),
                      BigDecimal.valueOf(1000 - driftPermille, 1),
                      text(usable)),
              "raise lease and primary-timeout, or shorten heartbeat.interval");
    }
  }

  private static void seen(FailoverConfig read, Section failover, Section heartbeat) {
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
