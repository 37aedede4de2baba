package understudy.simulator;

import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** What happened in a world, line by line, for one who replays a seed or reads a story. */
final class Trace {
  private final Optional<Consumer<String>> reader;

  private Trace(Optional<Consumer<String>> reader) {
    this.reader = reader;
  }

  static Trace none() {
    return new Trace(Optional.empty());
  }

  static Trace to(Consumer<String> reader) {
    return new Trace(Optional.of(reader));
  }

  /** The line is made only when somebody reads it. */
  void tell(long nanos, String who, Supplier<String> what) {
    reader.ifPresent(
        lines -> lines.accept("%10.3f s  %-7s %s".formatted(nanos / 1e9, who, what.get())));
  }
}
