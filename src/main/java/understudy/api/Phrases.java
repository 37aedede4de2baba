package understudy.api;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Numbers and times as people read them; what is not known is <em>unknown</em>. */
public final class Phrases {
  private static final String UNKNOWN = "unknown";
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private Phrases() {}

  /** Such as {@code 0.6 s}, {@code 4 min}, {@code 3 d}. */
  public static String seconds(@Nullable Double seconds) {
    if (seconds == null) {
      return UNKNOWN;
    }
    double size = Math.abs(seconds);
    if (size < 10) {
      return String.format(Locale.ROOT, "%.1f s", seconds);
    }
    if (size < 120) {
      return Math.round(seconds) + " s";
    }
    if (size < 2 * 3600) {
      return Math.round(seconds / 60) + " min";
    }
    return size < 2 * 86_400
        ? Math.round(seconds / 3600) + " h"
        : Math.round(seconds / 86_400) + " d";
  }

  /** Such as {@code 12.3 MB}. */
  public static String bytes(@Nullable Long bytes) {
    if (bytes == null) {
      return UNKNOWN;
    }
    String[] units = {"B", "kB", "MB", "GB", "TB", "PB"};
    double value = bytes;
    int unit = 0;
    while (value >= 1000 && unit < units.length - 1) {
      value /= 1000;
      unit++;
    }
    return String.format(Locale.ROOT, unit == 0 ? "%.0f %s" : "%.1f %s", value, units[unit]);
  }

  public static String count(@Nullable Long count) {
    return count == null ? UNKNOWN : String.format(Locale.ROOT, "%,d", count);
  }

  public static String time(@Nullable Instant at) {
    return at == null ? "never" : TIME.format(at);
  }

  /** Such as {@code 3 min ago}. */
  public static String ago(@Nullable Instant at, Instant now) {
    if (at == null) {
      return "never";
    }
    double age = at.until(now, ChronoUnit.MILLIS) / 1000.0;
    if (age < 0) {
      return age > -2 ? "just now" : "in the future: check the clocks";
    }
    return seconds(age) + " ago";
  }

  public static String text(@Nullable String text) {
    return text == null ? UNKNOWN : text;
  }
}
