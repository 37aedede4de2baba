package understudy.node;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import understudy.api.Views.HistoryRow;

/**
 * What held at a past moment, and what happened around it or did not, told from the histories of
 * all nodes that could be read. Pure.
 *
 * @param now what is later has not been written yet
 */
record Past(Instant moment, Instant now, List<History> histories) {
  /** So far around a moment one looks. */
  static final Duration AROUND = Duration.ofMinutes(15);

  Past {
    histories = List.copyOf(histories);
  }

  /** The whole in a few sentences: how each node stood, then what happened, oldest first. */
  List<String> told() {
    var sentences = new ArrayList<String>();
    for (History history : histories) {
      sentences.add(
          history
              .lastUntil(moment)
              .map(last -> held(history.node(), last))
              .orElse(
                  "what " + history.node() + " was then is not known: it has no row from before"));
    }
    List<Story> stories = stories();
    for (Story story : stories) {
      story.told().forEach(sentence -> sentences.add(when(story) + ": " + sentence));
    }
    if (stories.isEmpty()) {
      nothing().ifPresent(sentences::add);
    }
    return List.copyOf(sentences);
  }

  private String held(String node, HistoryRow last) {
    return "at %s %s was %s in term %d, as written down %s before: %s"
        .formatted(
            moment,
            node,
            last.roleAfter(),
            last.term(),
            Verdict.brief(Duration.between(last.at(), moment)),
            last.sentence());
  }

  /** Each is told on its own: what began one of them is no cause of the next. */
  private List<Story> stories() {
    List<HistoryRow> around =
        rows().stream().filter(row -> !row.at().isBefore(moment.minus(AROUND))).toList();
    var stories = new ArrayList<Story>();
    for (int next = 0; next < around.size(); next += stories.getLast().rows().size()) {
      stories.add(Story.around(around.subList(next, around.size()), around.get(next)));
    }
    return stories;
  }

  private String when(Story story) {
    if (story.from().isAfter(moment)) {
      return Verdict.brief(Duration.between(moment, story.from())) + " after";
    }
    return story.rows().getLast().at().isBefore(moment)
        ? Verdict.brief(Duration.between(story.from(), moment)) + " before"
        : "then";
  }

  /** Only a history that reaches back can say that nothing happened. */
  private Optional<String> nothing() {
    List<String> knowing =
        histories.stream()
            .filter(history -> history.lastUntil(moment).isPresent())
            .map(History::node)
            .toList();
    Instant end = moment.plus(AROUND);
    return knowing.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "nothing happened from %s to %s that %s wrote down"
                .formatted(
                    moment.minus(AROUND),
                    end.isAfter(now) ? now : end,
                    String.join(" or ", knowing)));
  }

  /** What to do, when something waited for a person; also when that began long before. */
  Optional<String> next() {
    List<HistoryRow> rows = rows();
    return rows.stream()
        .filter(row -> Advice.on(row.rule()).isPresent())
        .reduce((first, second) -> second)
        .filter(waits -> rows.stream().noneMatch(row -> servesAfter(row, waits)))
        .flatMap(waits -> new Story(rows, waits).next());
  }

  /** Whatever was waited for, somebody served later. */
  private static boolean servesAfter(HistoryRow row, HistoryRow waits) {
    return row.at().isAfter(waits.at()) && row.roleAfter().equals("active");
  }

  /** What this stands on, of all nodes, oldest first: around the moment, and each one's last. */
  List<HistoryRow> rows() {
    return History.merged(histories);
  }
}
