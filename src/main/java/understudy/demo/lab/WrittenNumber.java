package understudy.demo.lab;

import java.util.Optional;

/**
 * One write of the {@link NumberedWriter}, told apart from every other: after a failover that lost
 * writes the same number is given again, by another node or another run.
 *
 * @param number from 1, without gaps within one run
 * @param node the node that wrote
 * @param run the start of the service that wrote, unique on its node
 */
public record WrittenNumber(long number, String node, String run) {

  /** Reads {@code NUMBER NODE RUN}; empty when the text has another shape. */
  public static Optional<WrittenNumber> parse(String text) {
    int first = text.indexOf(' ');
    int second = text.indexOf(' ', first + 1);
    if (first < 1 || second <= first + 1 || second == text.length() - 1) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new WrittenNumber(
              Long.parseLong(text, 0, first, 10),
              text.substring(first + 1, second),
              text.substring(second + 1)));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  @Override
  public String toString() {
    return number + " " + node + " " + run;
  }
}
