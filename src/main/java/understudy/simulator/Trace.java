package understudy.simulator;

import java.io.PrintStream;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;

/** What happened in a world, line by line, for one who replays a seed. */
final class Trace {
  private final Optional<PrintStream> out;

  Trace(Optional<PrintStream> out) {
    this.out = out;
  }

  static Trace none() {
    return new Trace(Optional.empty());
  }

  boolean isWanted() {
    return out.isPresent();
  }

  /** The line is made only when somebody reads it. */
  void tell(long nanos, String who, Supplier<String> what) {
    out.ifPresent(
        stream -> stream.printf(Locale.ROOT, "%10.4f s  %-7s %s%n", nanos / 1e9, who, what.get()));
  }
}
