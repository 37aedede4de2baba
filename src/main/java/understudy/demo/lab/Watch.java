package understudy.demo.lab;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import understudy.time.Moment;

/**
 * Sees which nodes answer at their own addresses, and for how long two did so at once. Safe from
 * any thread.
 */
public final class Watch {
  /** Remembered answers of one node; older ones are forgotten. */
  private static final int MEMORY_LIMIT = 200_000;

  /**
   * Two answers closer than this mean that the node answered all the time between them: longer than
   * a busy machine delays a client, shorter than any hand-over worth speaking of.
   */
  static final Duration CONTINUOUS = Duration.ofMillis(60);

  private final Map<String, Deque<Moment>> answersOf = new HashMap<>();

  synchronized void answered(String node, Moment at) {
    Deque<Moment> answers = answersOf.computeIfAbsent(node, name -> new ArrayDeque<>());
    if (answers.size() == MEMORY_LIMIT) {
      answers.removeFirst();
    }
    answers.addLast(at);
  }

  /** The nodes that answered within this window, by name. */
  public synchronized List<String> answeringIn(Moment from, Moment to) {
    return answersOf.keySet().stream()
        .filter(node -> !stretches(node, from, to).isEmpty())
        .sorted()
        .toList();
  }

  /**
   * How long at least two nodes answered at the same time within this window. Counts only time
   * between two answers of the same node, so what it says was certainly so.
   */
  public synchronized Duration dual(Moment from, Moment to) {
    List<Stretch> all = new ArrayList<>();
    answersOf.keySet().forEach(node -> all.addAll(stretches(node, from, to)));
    return Stretch.coveredAtLeastTwice(all);
  }

  private List<Stretch> stretches(String node, Moment from, Moment to) {
    List<Stretch> stretches = new ArrayList<>();
    for (Moment at : answersOf.getOrDefault(node, new ArrayDeque<>())) {
      if (at.isBefore(from) || at.isAfter(to)) {
        continue;
      }
      if (!stretches.isEmpty() && stretches.getLast().end().until(at).compareTo(CONTINUOUS) < 0) {
        stretches.set(stretches.size() - 1, stretches.getLast().upTo(at));
      } else {
        stretches.add(new Stretch(at, at));
      }
    }
    return stretches;
  }
}
