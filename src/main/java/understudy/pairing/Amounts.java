package understudy.pairing;

import java.util.Locale;

/** Numbers as people read them. */
final class Amounts {
  private static final String[] UNITS = {"B", "kB", "MB", "GB", "TB", "PB"};

  private Amounts() {}

  static String bytes(long bytes) {
    double value = bytes;
    int unit = 0;
    while (value >= 1000 && unit < UNITS.length - 1) {
      value /= 1000;
      unit++;
    }
    return String.format(Locale.ROOT, unit == 0 ? "%.0f %s" : "%.1f %s", value, UNITS[unit]);
  }

  static String files(long files) {
    return String.format(Locale.ROOT, "%,d file%s", files, files == 1 ? "" : "s");
  }
}
