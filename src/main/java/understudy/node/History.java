package understudy.node;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import understudy.api.Views.HistoryRow;

/**
 * What one node wrote down around a moment, and the last before that.
 *
 * @param rows by the clock of the node that asks; oldest first
 */
record History(String node, List<HistoryRow> rows) {
  private static final Comparator<HistoryRow> ORDER =
      Comparator.comparing(HistoryRow::at).thenComparingLong(HistoryRow::term);

  History {
    rows = rows.stream().sorted(ORDER).toList();
  }

  /** What held for this node at {@code moment}; empty: the history does not reach back so far. */
  Optional<HistoryRow> lastUntil(Instant moment) {
    return rows.stream().filter(row -> !row.at().isAfter(moment)).reduce((first, second) -> second);
  }

  /** The rows of all, and of {@code more}, in the order of time. */
  static List<HistoryRow> merged(List<History> histories, HistoryRow... more) {
    Stream<HistoryRow> all = histories.stream().flatMap(history -> history.rows().stream());
    return Stream.concat(all, Stream.of(more)).distinct().sorted(ORDER).toList();
  }
}
