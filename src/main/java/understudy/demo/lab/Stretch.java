package understudy.demo.lab;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import understudy.time.Moment;

/** A time from one moment to another. */
record Stretch(Moment start, Moment end) {

  /** Longer, when this moment is later than the end. */
  Stretch upTo(Moment moment) {
    return new Stretch(start, Moment.laterOf(end, moment));
  }

  boolean isWithin(Moment from, Moment to) {
    return !start.isBefore(from) && !end.isAfter(to);
  }

  /** How long at least two of these stretches overlapped. */
  static Duration coveredAtLeastTwice(List<Stretch> stretches) {
    List<Edge> edges = new ArrayList<>();
    for (Stretch stretch : stretches) {
      edges.add(new Edge(stretch.start, 1));
      edges.add(new Edge(stretch.end, -1));
    }
    edges.sort(Comparator.comparing(Edge::at));
    Duration covered = Duration.ZERO;
    int depth = 0;
    for (int at = 0; at < edges.size(); at++) {
      if (depth >= 2) {
        covered = covered.plus(edges.get(at - 1).at.until(edges.get(at).at));
      }
      depth += edges.get(at).change;
    }
    return covered;
  }

  /** Where a stretch begins (+1) or ends (−1). */
  private record Edge(Moment at, int change) {}
}
