package understudy.demo.lab;

import java.util.Optional;
import understudy.time.Moment;

/**
 * What came back for one request. Moments are of the machine's monotonic clock, which all its
 * processes and namespaces share.
 *
 * @param label of the question
 */
record Answer(String label, Moment asked, Moment answered, String text) {

  /** One line: {@code LABEL ASKED ANSWERED TEXT}, moments in nanoseconds. */
  String line() {
    return label + " " + asked.nanos() + " " + answered.nanos() + " " + text;
  }

  static Optional<Answer> parse(String line) {
    String[] words = line.split(" ", 4);
    if (words.length < 4) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new Answer(
              words[0],
              new Moment(Long.parseLong(words[1])),
              new Moment(Long.parseLong(words[2])),
              words[3]));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }
}
