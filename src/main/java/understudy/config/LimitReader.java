package understudy.config;

import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads {@code limit:} of a dataset: one rate, or a timetable of rates. */
final class LimitReader {
  /** Below this a file that changes is never through before it changes again. */
  static final long SLOWEST = 16 << 10;

  private static final String PER_SECOND = "/s";

  private LimitReader() {}

  static Limit read(Section section) {
    Optional<Value> limit = section.find("limit");
    if (limit.isEmpty()) {
      return Limit.NONE;
    }
    if (!limit.get().isList()) {
      return rate(limit.get())
          .map(rate -> new Limit(List.of(new Limit.Span(Optional.empty(), rate))))
          .orElse(Limit.NONE);
    }
    List<Limit.Span> spans = new ArrayList<>();
    for (Value item : limit.get().items()) {
      item.section(List.of("from", "to", "rate")).flatMap(LimitReader::span).ifPresent(spans::add);
    }
    return new Limit(spans);
  }

  private static Optional<Limit.Span> span(Section section) {
    Optional<Long> rate = section.require("rate", "5MiB/s").flatMap(LimitReader::rate);
    Optional<LocalTime> from = time(section, "from");
    Optional<LocalTime> to = time(section, "to");
    Optional<Limit.Hours> hours =
        from.isPresent() || to.isPresent()
            ? Optional.of(
                new Limit.Hours(from.orElse(LocalTime.MIDNIGHT), to.orElse(LocalTime.MIDNIGHT)))
            : Optional.empty();
    return rate.map(bytes -> new Limit.Span(hours, bytes));
  }

  private static Optional<LocalTime> time(Section section, String key) {
    return section.find(key).flatMap(value -> value.parsed(DatasetsReader::time));
  }

  private static Optional<Long> rate(Value value) {
    return value.parsed(LimitReader::parse);
  }

  /** Bytes per second from such as {@code 20MiB/s}. */
  static long parse(String text) {
    if (!text.endsWith(PER_SECOND)) {
      throw new IllegalArgumentException("'" + text + "' is not a rate; write such as 20MiB/s");
    }
    long rate = Sizes.parse(text.substring(0, text.length() - PER_SECOND.length()));
    if (rate < SLOWEST) {
      throw new IllegalArgumentException("'" + text + "' is too slow; write at least 16KiB/s");
    }
    return rate;
  }
}
