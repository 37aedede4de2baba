package understudy.node;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import understudy.api.Views.HistoryRow;
import understudy.failover.Role;
import understudy.failover.Rule;

/** What happened, and what did not, told from the rows of all nodes in the order of time. Pure. */
record Story(List<HistoryRow> rows, HistoryRow anchor) {
  /** Rows further apart belong to two stories. */
  private static final Duration PAUSE = Duration.ofSeconds(30);

  private static final int MOST_ROWS = 200;

  /** Why a node began to serve. */
  private static final Set<String> CLAIMS =
      names(
          Rule.TAKES_OVER,
          Rule.NOBODY_SERVES,
          Rule.SERVES_ALONE,
          Rule.OFFERED,
          Rule.PROMOTED,
          Rule.FORCED,
          Rule.ROLLED_BACK);

  /** Why a node that could have did not. */
  static final Set<String> BLOCKS =
      names(
          Rule.NEVER_MET,
          Rule.LISTENING,
          Rule.UNPROVEN,
          Rule.ISOLATED,
          Rule.SERVICE_ANSWERS,
          Rule.NO_GENERATION,
          Rule.TOO_MUCH_LOSS,
          Rule.UNFIT,
          Rule.AUTOMATION_PAUSED,
          Rule.PEER_PINNED,
          Rule.ASKS_FIRST,
          Rule.KEEPS_STANDBY,
          Rule.CANCELLED,
          Rule.DR_BY_HAND,
          Rule.BACKS_OFF,
          Rule.UNWILLING,
          Rule.SERVED_ELSEWHERE,
          Rule.OTHER_FIRST,
          Rule.NO_MAJORITY,
          Rule.NO_LEASE,
          Rule.FENCE_FIRST,
          Rule.FENCE_FAILED,
          Rule.NOT_SAVED,
          Rule.OFFER_PENDING,
          Rule.OFFER_TOO_LATE);

  private static Set<String> names(Rule... rules) {
    return Set.copyOf(List.of(rules).stream().map(Rule::name).toList());
  }

  /**
   * The story that {@code anchor} belongs to.
   *
   * @param all rows of all nodes around it, in the order of time; contains it
   */
  static Story around(List<HistoryRow> all, HistoryRow anchor) {
    int at = all.indexOf(anchor);
    int from = at;
    while (from > 0 && isNear(all.get(from - 1), all.get(from)) && at - from < MOST_ROWS) {
      from--;
    }
    int to = at;
    while (to + 1 < all.size() && isNear(all.get(to), all.get(to + 1)) && to - at < MOST_ROWS) {
      to++;
    }
    return new Story(all.subList(from, to + 1), anchor);
  }

  private static boolean isNear(HistoryRow one, HistoryRow next) {
    return Duration.between(one.at(), next.at()).compareTo(PAUSE) <= 0;
  }

  Story {
    rows = List.copyOf(rows);
  }

  /** The whole in a few sentences. */
  List<String> told() {
    var sentences = new ArrayList<String>();
    List<HistoryRow> starts = rows.stream().filter(Story::beginsToServe).toList();
    for (HistoryRow start : starts) {
      sentences.add(start(start));
    }
    failures(sentences);
    if (starts.isEmpty()) {
      suspicion().ifPresent(silent -> sentences.add(nobodyTookOver(silent)));
      rows.stream()
          .filter(row -> changesTo(row, Role.STOPPING))
          .forEach(row -> sentences.add(row.node() + " stopped serving: " + why(row)));
    }
    if (sentences.isEmpty()) {
      sentences.add(anchor.node() + " in term " + anchor.term() + ": " + why(anchor));
    }
    return List.copyOf(sentences);
  }

  private void failures(List<String> sentences) {
    for (HistoryRow row : rows) {
      boolean worthIt =
          is(row, Rule.START_FAILED)
              || is(row, Rule.HANDED_BACK)
              || is(row, Rule.STUCK_STOPPING)
              || is(row, Rule.CONFLICT_LOST)
              || is(row, Rule.MANDATE_LOST)
              || is(row, Rule.SUPERSEDED);
      if (worthIt) {
        sentences.add(row.node() + ": " + why(row));
      }
    }
  }

  private String start(HistoryRow start) {
    Optional<HistoryRow> claim = before(start, CLAIMS);
    String because = claim.map(Story::why).orElse("the rows before it are gone");
    String waited =
        suspicion()
            .filter(silent -> silent.at().isBefore(start.at()))
            .map(
                silent ->
                    "; suspected "
                        + Verdict.brief(Duration.between(silent.at(), start.at()))
                        + " before: "
                        + facts(silent))
            .orElse("");
    return start.node()
        + " began to serve in term "
        + start.term()
        + ", because "
        + because
        + waited;
  }

  /** The last row of that node before {@code row} with one of these rules. */
  private Optional<HistoryRow> before(HistoryRow row, Set<String> rules) {
    return rows.subList(0, rows.indexOf(row)).stream()
        .filter(earlier -> earlier.node().equals(row.node()) && rules.contains(earlier.rule()))
        .reduce((first, second) -> second);
  }

  /** A node that serves nothing noticed that another is silent. */
  private Optional<HistoryRow> suspicion() {
    return rows.stream()
        .filter(row -> is(row, Rule.PEER_IS_SILENT))
        .filter(row -> !row.roleAfter().equals(Role.ACTIVE.word()))
        .findFirst();
  }

  private String nobodyTookOver(HistoryRow silent) {
    List<HistoryRow> after = rows.subList(rows.indexOf(silent), rows.size());
    List<String> blocks =
        after.stream()
            .filter(row -> row.node().equals(silent.node()) && BLOCKS.contains(row.rule()))
            .map(Story::why)
            .distinct()
            .toList();
    Optional<HistoryRow> back =
        after.stream()
            .filter(row -> row.node().equals(silent.node()) && is(row, Rule.PEER_IS_BACK))
            .findFirst();
    String held =
        blocks.isEmpty()
            ? "the silence did not last until the primary timeout"
            : "it was held back: " + String.join("; then: ", blocks);
    String end =
        back.map(
                row ->
                    "; after "
                        + Verdict.brief(Duration.between(silent.at(), row.at()))
                        + " "
                        + facts(row)
                        + " was heard again")
            .orElse("");
    return silent.node() + " did not take over (" + facts(silent) + "): " + held + end;
  }

  /** What to do, when the story ends with something that waits for a person. */
  Optional<String> next() {
    HistoryRow last =
        rows.stream()
            .filter(row -> row.node().equals(anchor.node()) && BLOCKS.contains(row.rule()))
            .reduce((first, second) -> second)
            .orElse(anchor);
    boolean isOver =
        rows.subList(rows.lastIndexOf(last), rows.size()).stream()
            .anyMatch(row -> beginsToServe(row) || is(row, Rule.PEER_IS_BACK));
    return isOver ? Optional.empty() : Advice.on(last.rule());
  }

  Instant from() {
    return rows.getFirst().at();
  }

  private static boolean beginsToServe(HistoryRow row) {
    return changesTo(row, Role.ACTIVE);
  }

  private static boolean changesTo(HistoryRow row, Role role) {
    return row.roleAfter().equals(role.word()) && !row.roleBefore().equals(role.word());
  }

  private static boolean is(HistoryRow row, Rule rule) {
    return row.rule().equals(rule.name());
  }

  private static String why(HistoryRow row) {
    return row.evidence().isEmpty() ? row.sentence() : row.sentence() + " (" + facts(row) + ")";
  }

  private static String facts(HistoryRow row) {
    return String.join("; ", row.evidence());
  }
}
