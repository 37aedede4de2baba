package understudy.config;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as people write them: a whole number and a unit, {@code 500ms 3s 2m 1h 7d}. */
public final class Durations {
  private static final Pattern SHAPE = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");
  private static final Pattern BARE = Pattern.compile("\\d{1,9}(\\.\\d{1,9})?");

  private Durations() {}

  /** Throws {@link IllegalArgumentException} that says what is wrong and what to write. */
  public static Duration parse(String text) {
    Matcher matcher = SHAPE.matcher(text);
    if (matcher.matches()) {
      long number = Long.parseLong(matcher.group(1));
      return switch (matcher.group(2)) {
        case "ms" -> Duration.ofMillis(number);
        case "s" -> Duration.ofSeconds(number);
        case "m" -> Duration.ofMinutes(number);
        case "h" -> Duration.ofHours(number);
        default -> Duration.ofDays(number);
      };
    }
    if (BARE.matcher(text).matches()) {
      String whole = text.contains(".") ? text.substring(0, text.indexOf('.')) : text;
      throw new IllegalArgumentException(
          "the duration "
              + text
              + " has no unit; write "
              + whole
              + "s (units: ms, s, m, h, d; whole numbers only)");
    }
    throw new IllegalArgumentException(
        "'"
            + text
            + "' is not a duration; write a whole number and a unit: 500ms, 3s, 2m, 1h or 7d");
  }

  /** The shortest exact text that {@link #parse} reads back; anything below 1 ms is cut off. */
  public static String format(Duration duration) {
    long millis = duration.toMillis();
    if (millis == 0) {
      return "0s";
    }
    if (millis % 1000 != 0) {
      return millis + "ms";
    }
    long seconds = millis / 1000;
    if (seconds % 86_400 == 0) {
      return seconds / 86_400 + "d";
    }
    if (seconds % 3600 == 0) {
      return seconds / 3600 + "h";
    }
    return seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
  }
}
