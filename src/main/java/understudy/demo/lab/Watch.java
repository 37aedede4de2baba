package understudy.demo.lab;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import understudy.time.Moment;

/**
 * Sees which nodes answer at their own addresses, and for how long two did so at once. Safe from
 * any thread.
 */
public final class Watch {
  /** Remembered answers of one node; older ones are forgotten. */
  private static final int MEMORY_LIMIT = 200_000;

  /**
   * Two answers closer than this mean that the node answered all the time between them: as long as
   * one request may take on a busy machine. A node that answers, is silent for less and answers
   * again while another has answered is worth being seen as well.
   */
  static final Duration CONTINUOUS = Duration.ofMillis(200);

  private final Map<String, Deque<Stretch>> answersOf = new HashMap<>();

  /** The node answered at some time between these two moments. */
  synchronized void answered(String node, Moment asked, Moment answered) {
    Deque<Stretch> answers = answersOf.computeIfAbsent(node, name -> new ArrayDeque<>());
    if (answers.size() == MEMORY_LIMIT) {
      answers.removeFirst();
    }
    answers.addLast(new Stretch(asked, answered));
  }

  /** The nodes that answered within this window, by name. */
  public synchronized List<String> answeringIn(Moment from, Moment to) {
    return answersOf.keySet().stream()
        .filter(node -> answersOf(node).anyMatch(answer -> answer.isWithin(from, to)))
        .sorted()
        .toList();
  }

  /**
   * How long at least two nodes answered at the same time within this window. Counts only from the
   * end of the first request to the start of the last request of a node's unbroken answers, so what
   * it says was certainly so, however late the client saw it.
   */
  public synchronized Duration dual(Moment from, Moment to) {
    List<Stretch> all = new ArrayList<>();
    answersOf.keySet().forEach(node -> all.addAll(certain(node, from, to)));
    return Stretch.coveredAtLeastTwice(all);
  }

  /**
   * The longest time within this window in which this node answered nothing. A write that was
   * missing while its node answered waited for a disk.
   */
  public synchronized Duration silence(String node, Moment from, Moment to) {
    Duration longest = Duration.ZERO;
    Moment last = from;
    for (Stretch answer : answersOf(node).filter(each -> each.isWithin(from, to)).toList()) {
      Duration gap = last.until(answer.end());
      longest = gap.compareTo(longest) > 0 ? gap : longest;
      last = Moment.laterOf(last, answer.end());
    }
    Duration open = last.until(to);
    return open.compareTo(longest) > 0 ? open : longest;
  }

  private Stream<Stretch> answersOf(String node) {
    return answersOf.getOrDefault(node, new ArrayDeque<>()).stream();
  }

  private List<Stretch> certain(String node, Moment from, Moment to) {
    List<Stretch> certain = new ArrayList<>();
    Moment last = from.minus(CONTINUOUS);
    for (Stretch answer : answersOf(node).filter(each -> each.isWithin(from, to)).toList()) {
      Moment answered = answer.end();
      if (last.until(answered).compareTo(CONTINUOUS) >= 0) {
        certain.add(new Stretch(answered, answered));
      } else {
        certain.add(certain.removeLast().upTo(answer.start()));
      }
      last = Moment.laterOf(last, answered);
    }
    return certain;
  }
}
