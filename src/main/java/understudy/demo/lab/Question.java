package understudy.demo.lab;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/**
 * A request that an {@link Observer} repeats, each over a connection of its own: what a client
 * would meet that came at that moment.
 *
 * @param label tells the answers of several questions apart; without spaces
 * @param request one line
 * @param every time between two requests; the next does not wait for the answer to the last
 * @param timeout how long one request waits for its answer
 */
record Question(
    String label, String request, InetSocketAddress target, Duration every, Duration timeout) {
  static final int WORDS = 6;

  Question {
    if (label.isEmpty() || label.indexOf(' ') >= 0) {
      throw new IllegalArgumentException("a label is one word, not '" + label + "'");
    }
    if (!every.isPositive() || !timeout.isPositive()) {
      throw new IllegalArgumentException("a question needs times above zero");
    }
  }

  List<String> words() {
    return List.of(
        label,
        request,
        target.getAddress().getHostAddress(),
        Integer.toString(target.getPort()),
        Long.toString(every.toNanos()),
        Long.toString(timeout.toNanos()));
  }

  static Question of(List<String> words) {
    return new Question(
        words.get(0),
        words.get(1),
        new InetSocketAddress(words.get(2), Integer.parseInt(words.get(3))),
        Duration.ofNanos(Long.parseLong(words.get(4))),
        Duration.ofNanos(Long.parseLong(words.get(5))));
  }
}
