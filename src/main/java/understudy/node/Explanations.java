package understudy.node;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import understudy.api.Views;
import understudy.api.Views.HistoryRow;
import understudy.time.Clock;

/**
 * Answers "why?" for now and for any past moment, from the histories of all nodes in touch. Blocks
 * for some seconds at most.
 */
final class Explanations {
  private final Histories histories;
  private final Clock clock;

  Explanations(Histories histories, Clock clock) {
    this.histories = histories;
    this.clock = clock;
  }

  /**
   * Explains an event.
   *
   * @param event {@code now}, the id of a row of this node's history, {@code NODE:ID} of another
   *     node's, or a time as in {@link AskedTime}
   * @param status of this node now
   * @return empty when there is no such row
   */
  Optional<Views.Explanation> explain(String event, Views.Status status) {
    if (event.equals("now")) {
      return Optional.of(now(status));
    }
    if (event.matches("[0-9]{1,18}")) {
      return histories.row(Long.parseLong(event)).map(anchor -> explain(event, anchor, List.of()));
    }
    int colon = event.lastIndexOf(':');
    boolean ofNode = colon > 0 && event.substring(0, colon).matches("[a-z][a-z0-9-]*");
    return ofNode
        ? histories
            .row(event.substring(0, colon), event.substring(colon + 1))
            .map(anchor -> explain(event, anchor, List.of()))
        : Optional.of(at(event));
  }

  private Views.Explanation now(Views.Status status) {
    var answer = new ArrayList<String>();
    answer.add(status.sentence());
    if (status.countdown() != null) {
      answer.add(
          "%s is silent for %.1f s; a takeover would come in %.1f s"
              .formatted(
                  status.countdown().silentNode(),
                  status.countdown().silentSeconds(),
                  status.countdown().takeoverInSeconds()));
    }
    if (status.waitingFor() != null) {
      answer.add("nothing happens yet: " + status.waitingFor());
    }
    List<HistoryRow> own = histories.recent();
    Optional<HistoryRow> anchor =
        own.stream().filter(Explanations::isTurningPoint).findFirst().or(() -> newest(own));
    return anchor
        .map(row -> explain("now", row, answer))
        .orElseGet(() -> new Views.Explanation("now", answer, null, List.of(), List.of()));
  }

  /** After which another node serves, or somebody wondered whether it does. */
  private static boolean isTurningPoint(HistoryRow row) {
    return switch (row.rule()) {
      case "SERVES", "FOLLOWS", "PEER_IS_SILENT", "PEER_IS_BACK", "STOPPED" -> true;
      default -> false;
    };
  }

  private static Optional<HistoryRow> newest(List<HistoryRow> newestFirst) {
    return newestFirst.stream().findFirst();
  }

  /** This node may have written nothing for long: the moment itself says where to look. */
  private Views.Explanation at(String text) {
    Instant now = clock.wall();
    Instant moment = AskedTime.of(text, now);
    Histories.Found found = histories.around(moment);
    var past = new Past(moment, now, found.histories());
    return new Views.Explanation(
        text, past.told(), past.next().orElse(null), past.rows(), found.sources());
  }

  private Views.Explanation explain(String question, HistoryRow anchor, List<String> first) {
    Histories.Found found = histories.around(anchor.at());
    Story story = Story.around(History.merged(found.histories(), anchor), anchor);
    var answer = new ArrayList<>(first);
    answer.addAll(story.told());
    return new Views.Explanation(
        question, answer, story.next().orElse(null), story.rows(), found.sources());
  }
}
