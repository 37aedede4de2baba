package understudy.config;

import java.time.LocalTime;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How fast a standby may receive a dataset: the first span that covers the time of day (UTC); where
 * none does, as fast as it can.
 */
public record Limit(List<Span> spans) {
  public static final Limit NONE = new Limit(List.of());

  public Limit {
    spans = List.copyOf(spans);
  }

  /**
   * One rate and when it holds.
   *
   * @param hours empty: always
   */
  public record Span(Optional<Hours> hours, long bytesPerSecond) {}

  /** From one time of day up to another, over midnight where {@code to} is not the later one. */
  public record Hours(LocalTime from, LocalTime to) {
    boolean covers(LocalTime time) {
      boolean isAfterStart = !time.isBefore(from);
      boolean isBeforeEnd = time.isBefore(to);
      return from.isBefore(to) ? isAfterStart && isBeforeEnd : isAfterStart || isBeforeEnd;
    }
  }

  /** Bytes per second at that time of day in UTC; empty: no limit. */
  public OptionalLong at(LocalTime time) {
    return spans.stream()
        .filter(span -> span.hours().isEmpty() || span.hours().get().covers(time))
        .mapToLong(Span::bytesPerSecond)
        .findFirst();
  }
}
