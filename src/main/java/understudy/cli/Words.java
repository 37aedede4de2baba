package understudy.cli;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Values as people read them. What is not known is said to be unknown, never shown as good. */
final class Words {
  static final String UNKNOWN = "unknown";
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

  private Words() {}

  static String orUnknown(@Nullable Object value) {
    return value == null ? UNKNOWN : value.toString();
  }

  static String yesNo(@Nullable Boolean claim) {
    return claim == null ? UNKNOWN : claim ? "yes" : "no";
  }

  /** Two figures are enough for a person: {@code 0.8 s}, {@code 42 s}, {@code 5 min}. */
  static String seconds(@Nullable Double seconds) {
    if (seconds == null || seconds.isNaN()) {
      return UNKNOWN;
    }
    double size = Math.abs(seconds);
    if (size < 9.95) {
      return String.format(Locale.ROOT, "%.1f s", seconds);
    }
    if (size < 119.5) {
      return String.format(Locale.ROOT, "%.0f s", seconds);
    }
    if (size < 7200) {
      return String.format(Locale.ROOT, "%.0f min", seconds / 60);
    }
    return size < 172_800
        ? String.format(Locale.ROOT, "%.0f h", seconds / 3600)
        : String.format(Locale.ROOT, "%.0f d", seconds / 86_400);
  }

  static String ago(@Nullable Double seconds) {
    return seconds == null ? UNKNOWN : seconds(seconds) + " ago";
  }

  static String bytes(@Nullable Long bytes) {
    if (bytes == null) {
      return UNKNOWN;
    }
    String[] units = {"B", "KiB", "MiB", "GiB", "TiB"};
    double size = bytes;
    int unit = 0;
    while (size >= 1024 && unit < units.length - 1) {
      size /= 1024;
      unit++;
    }
    boolean isWhole = unit == 0 || size >= 9.95;
    return String.format(Locale.ROOT, isWhole ? "%.0f %s" : "%.1f %s", size, units[unit]);
  }

  static String time(@Nullable Instant instant) {
    return instant == null ? UNKNOWN : TIME.format(instant);
  }
}
