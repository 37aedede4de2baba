package understudy.node;

import java.util.Map;
import java.util.Optional;
import understudy.failover.Rule;

/** What a person can do about what holds a takeover back. */
final class Advice {
  private static final Map<Rule, String> WORDS =
      Map.ofEntries(
          Map.entry(
              Rule.NEVER_MET,
              "start the other node; if it is gone for good: understudy promote --force"),
          Map.entry(
              Rule.ISOLATED,
              "check this node's cable, switch and gateway; the addresses stand under"
                  + " failover.connectivity-test"),
          Map.entry(
              Rule.SERVICE_ANSWERS, "find out who answers for the service address, and stop it"),
          Map.entry(Rule.NO_GENERATION, "understudy sync history says why no copy is complete"),
          Map.entry(
              Rule.TOO_MUCH_LOSS,
              "decide whether the loss is acceptable: understudy promote --force"),
          Map.entry(Rule.UNFIT, "understudy ready lists what is not in order"),
          Map.entry(Rule.AUTOMATION_PAUSED, "understudy resume, or understudy promote"),
          Map.entry(
              Rule.PEER_PINNED,
              "start that daemon; if that machine is off for sure: understudy promote --force"),
          Map.entry(Rule.ASKS_FIRST, "say yes: understudy promote"),
          Map.entry(Rule.KEEPS_STANDBY, "promote it by hand: understudy promote"),
          Map.entry(Rule.CANCELLED, "understudy promote, if it shall take over after all"),
          Map.entry(Rule.DR_BY_HAND, "promote it by hand: understudy promote"),
          Map.entry(Rule.BACKS_OFF, "understudy promote starts at once"),
          Map.entry(Rule.UNWILLING, "understudy promote"),
          Map.entry(Rule.SERVED_ELSEWHERE, "understudy promote, if that node is gone for good"),
          Map.entry(Rule.STUCK_STOPPING, "stop the named process by hand; the daemon tries again"),
          Map.entry(Rule.START_FAILED, "correct what the resource said, then understudy promote"));

  private Advice() {}

  static Optional<String> on(Rule rule) {
    return Optional.ofNullable(WORDS.get(rule));
  }

  /** Rows may come from another release, or from what is no rule of the core. */
  static Optional<String> on(String rule) {
    return WORDS.entrySet().stream()
        .filter(entry -> entry.getKey().name().equals(rule))
        .map(Map.Entry::getValue)
        .findFirst();
  }
}
