package understudy.node;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;

/** A moment of the past, as a person writes it. */
final class AskedTime {
  private AskedTime() {}

  /**
   * The moment that is meant; throws {@link IllegalArgumentException} when it is none of the past.
   *
   * @param text such as {@code 2026-11-21T10:05:00Z}, or {@code 10:05} for the last time that a
   *     clock said so; UTC
   */
  static Instant of(String text, Instant now) {
    Instant moment;
    try {
      moment = text.contains("T") ? Instant.parse(text) : last(LocalTime.parse(text), now);
    } catch (DateTimeException noTime) {
      throw new IllegalArgumentException(
          "'"
              + text
              + "' is no event; write now, an id of understudy history, or a time such as"
              + " 10:05 or 2026-11-21T10:05:00Z (UTC)",
          noTime);
    }
    if (moment.isAfter(now) || moment.isBefore(Instant.EPOCH)) {
      throw new IllegalArgumentException(
          "'" + text + "' is in no history: it is " + now + " on this node");
    }
    return moment;
  }

  private static Instant last(LocalTime time, Instant now) {
    Instant today = time.atDate(now.atZone(ZoneOffset.UTC).toLocalDate()).toInstant(ZoneOffset.UTC);
    return today.isAfter(now) ? today.minus(Duration.ofDays(1)) : today;
  }
}
