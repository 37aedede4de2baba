package understudy.simulator;

import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import understudy.failover.Failover;
import understudy.failover.Input;
import understudy.failover.State;
import understudy.failover.Step;

/** What happened in a world, for one who replays a seed, reads a story or measures the core. */
final class Trace {
  private final Optional<Consumer<String>> reader;
  private final Optional<Consumer<Decision>> collector;

  /** One turn of the core: the same state and input always give the same step. */
  record Decision(Failover failover, State before, Input input) {
    Step taken() {
      return failover.step(before, input);
    }
  }

  private Trace(Optional<Consumer<String>> reader, Optional<Consumer<Decision>> collector) {
    this.reader = reader;
    this.collector = collector;
  }

  static Trace none() {
    return new Trace(Optional.empty(), Optional.empty());
  }

  /** Line by line. */
  static Trace to(Consumer<String> reader) {
    return new Trace(Optional.of(reader), Optional.empty());
  }

  /** All that the core was asked to decide. */
  static Trace of(Consumer<Decision> collector) {
    return new Trace(Optional.empty(), Optional.of(collector));
  }

  /** The line is made only when somebody reads it. */
  void tell(long nanos, String who, Supplier<String> what) {
    reader.ifPresent(
        lines -> lines.accept("%10.3f s  %-7s %s".formatted(nanos / 1e9, who, what.get())));
  }

  void decided(Failover failover, State before, Input input) {
    if (collector.isPresent()) {
      collector.get().accept(new Decision(failover, before, input));
    }
  }
}
