package understudy.node;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import understudy.failover.Heartbeat;
import understudy.failover.Policy;
import understudy.failover.Role;

/**
 * The one sentence that tells how the cluster stands, and its one word.
 *
 * @param protection PROTECTED, DEGRADED, UNPROTECTED, PAUSED or CONFLICT
 */
record Verdict(String protection, String sentence) {

  static Verdict of(String cluster, Policy policy, List<Heartbeat> known, String automation) {
    List<Heartbeat> serving = known.stream().filter(beat -> beat.role() == Role.ACTIVE).toList();
    if (serving.size() > 1) {
      return say(cluster, "CONFLICT", names(serving) + " both serve; see: understudy resolve");
    }
    if (serving.isEmpty()) {
      return nobodyServes(cluster, known);
    }
    Heartbeat active = serving.getFirst();
    Optional<Heartbeat> standby =
        known.stream()
            .filter(beat -> beat.role() == Role.STANDBY && beat.ready() && beat.willing())
            .findFirst();
    if (policy.peers().isEmpty()) {
      return say(
          cluster, "UNPROTECTED", active.from() + " serves alone; next: understudy pair invite");
    }
    if (standby.isEmpty()) {
      return say(
          cluster,
          "UNPROTECTED",
          active.from() + " serves, no standby could take over; see: understudy ready");
    }
    String loss =
        standby.get().lag().map(Verdict::loss).orElse("and lose an unknown amount of data");
    if (standby.get().head().isEmpty()) {
      loss = "with nothing to lose";
    }
    return switch (automation) {
      case "paused" ->
          say(
              cluster,
              "PAUSED",
              standby.get().from() + " would not take over: automation is paused");
      case "asks" ->
          say(
              cluster,
              "DEGRADED",
              standby.get().from() + " could take over " + loss + ", after a person says yes");
      case "off" ->
          say(cluster, "DEGRADED", standby.get().from() + " would only notify; promote it by hand");
      default ->
          say(
              cluster,
              "PROTECTED",
              standby.get().from()
                  + " would take over in ~"
                  + brief(policy.timing().primaryTimeout())
                  + " "
                  + loss);
    };
  }

  private static Verdict nobodyServes(String cluster, List<Heartbeat> known) {
    Optional<Heartbeat> coming =
        known.stream()
            .filter(beat -> beat.role() == Role.STARTING || beat.role() == Role.STOPPING)
            .findFirst();
    return coming
        .map(beat -> say(cluster, "DEGRADED", beat.from() + " is " + beat.role().word()))
        .orElseGet(
            () ->
                say(
                    cluster,
                    "UNPROTECTED",
                    known.size() > 1
                        ? "no node serves; who should: understudy resolve --dry-run"
                        : "no known node serves"));
  }

  private static String loss(Duration lag) {
    return "and lose at most " + brief(lag);
  }

  private static String names(List<Heartbeat> beats) {
    return String.join(" and ", beats.stream().map(beat -> beat.from().value()).toList());
  }

  private static Verdict say(String cluster, String protection, String rest) {
    return new Verdict(protection, cluster + ": " + protection + "  " + rest);
  }

  /** {@code 0.8 s}, {@code 12 s}, {@code 5 min}, {@code 3 h}, {@code 2 d}. */
  static String brief(Duration duration) {
    double seconds = Math.max(0, duration.toNanos() / 1e9);
    if (seconds < 10) {
      String text = String.format(Locale.ROOT, "%.1f", seconds);
      return (text.endsWith(".0") ? text.substring(0, text.length() - 2) : text) + " s";
    }
    if (seconds < 120) {
      return Math.round(seconds) + " s";
    }
    if (seconds < 7_200) {
      return Math.round(seconds / 60) + " min";
    }
    return seconds < 172_800
        ? Math.round(seconds / 3_600) + " h"
        : Math.round(seconds / 86_400) + " d";
  }
}
