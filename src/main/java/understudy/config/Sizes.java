package understudy.config;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes as people write them: a whole number and a unit, {@code 512MiB 10GiB}. */
public final class Sizes {
  private static final Pattern SHAPE = Pattern.compile("(\\d{1,9})\\s*(B|KiB|MiB|GiB|TiB)");
  private static final List<String> UNITS = List.of("B", "KiB", "MiB", "GiB", "TiB");
  private static final int BITS_PER_UNIT = 10;

  private Sizes() {}

  /** Bytes. Throws {@link IllegalArgumentException} that says what is wrong and what to write. */
  public static long parse(String text) {
    Matcher matcher = SHAPE.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "'" + text + "' is not a size; write a whole number and a unit: 512MiB or 10GiB");
    }
    long number = Long.parseLong(matcher.group(1));
    return number << (BITS_PER_UNIT * UNITS.indexOf(matcher.group(2)));
  }

  /** The shortest exact text that {@link #parse} reads back. */
  public static String format(long bytes) {
    int unit = 0;
    long number = bytes;
    while (number != 0 && number % (1 << BITS_PER_UNIT) == 0 && unit < UNITS.size() - 1) {
      number >>= BITS_PER_UNIT;
      unit++;
    }
    return number + UNITS.get(unit);
  }
}
