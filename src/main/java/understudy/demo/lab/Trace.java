package understudy.demo.lab;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import understudy.time.Moment;

/**
 * The acknowledged writes of one measurement.
 *
 * @param writes in order of their acknowledgement
 */
public record Trace(List<Acknowledged> writes) {
  public Trace {
    writes = List.copyOf(writes);
  }

  /**
   * The longest time without an acknowledged write that reaches into this window. A silence that
   * began before the window counts from its beginning; one that has not ended counts up to the end
   * of the window.
   */
  public Duration outage(Moment from, Moment to) {
    Duration longest = Duration.ZERO;
    Moment last = from;
    for (Acknowledged write : writes) {
      if (write.at().isAfter(to)) {
        break;
      }
      if (write.at().isAfter(from)) {
        longest = longerOf(longest, last.until(write.at()));
      }
      last = write.at();
    }
    return longerOf(longest, Moment.laterOf(last, from).until(to));
  }

  /**
   * The nodes that acknowledged in this window, in order, each once for every time it took over.
   */
  public List<String> servedBy(Moment from, Moment to) {
    List<String> nodes = new ArrayList<>();
    for (Acknowledged write : between(from, to)) {
      String node = write.write().node();
      if (nodes.isEmpty() || !nodes.getLast().equals(node)) {
        nodes.add(node);
      }
    }
    return List.copyOf(nodes);
  }

  /** The acknowledged writes of this window that a ledger does not have. */
  public List<Acknowledged> missingFrom(Set<WrittenNumber> ledger, Moment from, Moment to) {
    return between(from, to).stream()
        .filter(acknowledged -> !ledger.contains(acknowledged.write()))
        .toList();
  }

  private List<Acknowledged> between(Moment from, Moment to) {
    return writes.stream()
        .filter(write -> !write.at().isBefore(from) && !write.at().isAfter(to))
        .toList();
  }

  private static Duration longerOf(Duration one, Duration other) {
    return one.compareTo(other) >= 0 ? one : other;
  }
}
