package understudy.cli;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import understudy.config.Durations;

/** Times as people write them: with date and hour in UTC, or how long ago. */
final class Times {
  private static final DateTimeFormatter MINUTES =
      DateTimeFormatter.ofPattern("yyyy-MM-dd[' ']['T']HH:mm[:ss]", Locale.ROOT);

  private Times() {}

  static Instant parse(String text, Instant now) throws Failure {
    if (text.equalsIgnoreCase("now")) {
      return now;
    }
    try {
      return now.minus(Durations.parse(text));
    } catch (IllegalArgumentException noDuration) {
      return atTime(text, noDuration);
    }
  }

  private static Instant atTime(String text, IllegalArgumentException noDuration) throws Failure {
    try {
      return text.endsWith("Z")
          ? Instant.parse(text.replace(' ', 'T'))
          : LocalDateTime.parse(text, MINUTES).toInstant(ZoneOffset.UTC);
    } catch (DateTimeException wrong) {
      wrong.addSuppressed(noDuration);
      throw new Failure(
          ExitCode.USAGE,
          "'" + text + "' is no time",
          "write it in UTC, 2026-01-31T14:00:00Z or \"2026-01-31 14:00\", or how long ago: 2h",
          wrong);
    }
  }
}
