package understudy.sync.plan;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;

/**
 * Times of day as cron writes them: minute, hour, day of month, month, day of week, each {@code *},
 * a number, a name, a range, a list, and with {@code /} a step. When both kinds of day are
 * restricted, either is enough, as in cron. Where clocks go forward, a time that does not exist
 * comes when the gap ends; where they go back, a time that comes twice counts once, the first time.
 *
 * @param text as it was written
 */
public record CronTimes(
    String text,
    ZoneId zone,
    BitSet minutes,
    BitSet hours,
    BitSet daysOfMonth,
    BitSet months,
    BitSet daysOfWeek,
    boolean isEitherDay) {
  private static final List<String> MONTHS =
      List.of("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec");
  private static final List<String> DAYS = List.of("sun", "mon", "tue", "wed", "thu", "fri", "sat");

  /** Beyond the 29th of February that falls on a certain day of the week. */
  private static final int LONGEST_SEARCH_DAYS = 366 * 41;

  /** Throws {@link IllegalArgumentException} that says what is wrong. */
  public static CronTimes parse(String text, ZoneId zone) {
    String[] fields = text.strip().split("\\s+", -1);
    if (fields.length != 5) {
      throw new IllegalArgumentException(
          "'"
              + text
              + "' has not the five fields minute, hour, day, month, weekday: \"0 3 * * *\"");
    }
    BitSet week = field(fields[4], "weekday", 0, 7, DAYS, 0);
    if (week.get(7)) {
      week.set(0); // both are Sunday
      week.clear(7);
    }
    CronTimes times =
        new CronTimes(
            text.strip(),
            zone,
            field(fields[0], "minute", 0, 59, List.of(), 0),
            field(fields[1], "hour", 0, 23, List.of(), 0),
            field(fields[2], "day", 1, 31, List.of(), 0),
            field(fields[3], "month", 1, 12, MONTHS, 1),
            week,
            !fields[2].startsWith("*") && !fields[4].startsWith("*"));
    times.after(Instant.EPOCH); // throws when that never comes
    return times;
  }

  private static BitSet field(
      String text, String what, int least, int most, List<String> names, int firstName) {
    BitSet set = new BitSet();
    for (String part : text.toLowerCase(Locale.ROOT).split(",", -1)) {
      String[] stepped = part.split("/", 2);
      int step = stepped.length == 1 ? 1 : number(stepped[1], what, 1, most, List.of(), 0);
      int from = least;
      int to = most;
      if (!stepped[0].equals("*")) {
        String[] ends = stepped[0].split("-", 2);
        from = number(ends[0], what, least, most, names, firstName);
        boolean isOne = ends.length == 1 && stepped.length == 1;
        to =
            ends.length == 2
                ? number(ends[1], what, from, most, names, firstName)
                : isOne ? from : most;
      }
      for (int at = from; at <= to; at += step) {
        set.set(at);
      }
    }
    return set;
  }

  private static int number(
      String text, String what, int least, int most, List<String> names, int firstName) {
    int named = names.indexOf(text);
    if (named >= 0) {
      return named + firstName;
    }
    try {
      int number = Integer.parseInt(text);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException notANumber) {
      throw wrong(text, what, least, most, notANumber);
    }
    throw wrong(text, what, least, most, null);
  }

  private static IllegalArgumentException wrong(
      String text,
      String what,
      int least,
      int most,
      @org.jspecify.annotations.Nullable Throwable cause) {
    return new IllegalArgumentException(
        "'%s' is no %s from %d to %d".formatted(text, what, least, most), cause);
  }

  /** The first of these times after that instant. */
  public Instant after(Instant instant) {
    LocalDateTime start = LocalDateTime.ofInstant(instant, zone);
    LocalDate date = start.toLocalDate().minusDays(1); // a gap may reach over midnight
    for (int days = 0; days < LONGEST_SEARCH_DAYS; days++, date = date.plusDays(1)) {
      if (!isDay(date)) {
        continue;
      }
      for (int hour = hours.nextSetBit(0); hour >= 0; hour = hours.nextSetBit(hour + 1)) {
        for (int at = minutes.nextSetBit(0); at >= 0; at = minutes.nextSetBit(at + 1)) {
          Instant found = instant(date.atTime(LocalTime.of(hour, at)));
          if (found.isAfter(instant)) {
            return found;
          }
        }
      }
    }
    throw new IllegalArgumentException("'" + text + "' names a day that never comes");
  }

  private Instant instant(LocalDateTime local) {
    ZoneOffsetTransition transition = zone.getRules().getTransition(local);
    return transition != null && transition.isGap()
        ? transition.getInstant()
        : local.atZone(zone).withEarlierOffsetAtOverlap().toInstant();
  }

  private boolean isDay(LocalDate date) {
    boolean ofMonth = daysOfMonth.get(date.getDayOfMonth());
    boolean ofWeek = daysOfWeek.get(date.getDayOfWeek().getValue() % 7);
    return months.get(date.getMonthValue())
        && (isEitherDay ? ofMonth || ofWeek : ofMonth && ofWeek);
  }
}
