package understudy.demo;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import understudy.api.Views;
import understudy.demo.lab.LabException;
import understudy.time.Clock;
import understudy.time.Moment;

/** Measures one step after the other on a running demo, from outside. For use by one thread. */
final class Steps {
  /** Clients are watched on after a takeover: who serves must go on serving. */
  private static final Duration WATCHED_ON = Duration.ofSeconds(1);

  /** Clients write so long before a fault that may lose writes: else there is nothing to lose. */
  private static final Duration WRITTEN_BEFORE = Duration.ofSeconds(3);

  private static final Duration LAG_ROUNDING = Duration.ofMillis(5);

  private final Demo demo;
  private final Clock clock;
  private final Consumer<ScriptLine> lines;

  /** What was acknowledged since then and is in no fault's way must never be missing. */
  private Moment measuredUpTo;

  Steps(Demo demo, Clock clock, Consumer<ScriptLine> lines) {
    this.demo = demo;
    this.clock = clock;
    this.lines = lines;
    this.measuredUpTo = clock.now();
  }

  /** Something that is done to the pair. */
  interface Deed {
    void perform() throws DemoException, LabException, InterruptedException;
  }

  /** A measured step: what is done, which node must serve then, and within which limits. */
  record Step(String name, Deed deed, DemoNode expected, Limits limits) {}

  /**
   * What a step may cost.
   *
   * @param mayLose writes that the standby does not have yet, by its own word
   */
  record Limits(Duration outage, boolean mayLose, Duration dual) {}

  /** A story of several steps. */
  interface Story {
    void tell() throws DemoException, LabException, InterruptedException;
  }

  /** Plays one scenario; where it cannot go on, that is a line, too. */
  void play(Scenario scenario, Story story) throws InterruptedException {
    try {
      story.tell();
    } catch (DemoException | LabException failed) {
      lines.accept(
          ScriptLine.broken(
              scenario.word(), "the step can be played", String.valueOf(failed.getMessage())));
    }
  }

  /** Does it, waits until the expected node serves, and hands over the line. */
  void measure(Step step) throws DemoException, LabException, InterruptedException {
    if (demo.client().meter().awaitWrite(clock.now(), Pair.PATIENCE).isEmpty()) {
      throw new DemoException("nobody serves\n" + demo.pair().testimony());
    }
    boolean bothServe =
        step.expected().row().filter(row -> row.role().equals("active")).isPresent();
    if (step.limits().mayLose() && !bothServe) {
      LockSupport.parkNanos(WRITTEN_BEFORE.toNanos());
    }
    Moment asked = clock.now();
    Duration lag = step.limits().mayLose() ? lagOf(step.expected()) : Duration.ZERO;
    Moment fault = clock.now();
    step.deed().perform();
    String expected = step.expected().name();
    boolean served = demo.client().meter().awaitWriteOf(expected, fault, Pair.PATIENCE).isPresent();
    LockSupport.parkNanos(WATCHED_ON.toNanos());
    var expectation =
        new Expectation(
            expected,
            step.limits().outage(),
            step.limits().mayLose() ? lag.plus(asked.until(fault)) : Duration.ZERO,
            step.limits().dual());
    long term = step.expected().row().map(Views.NodeRow::term).orElse(0L);
    Outcome outcome =
        new Measurement(demo.client(), measuredUpTo, fault)
            .end(clock, step.expected().data(), term);
    measuredUpTo = clock.now();
    lines.accept(ScriptLine.of(step.name(), expectation, outcome));
    if (!served) {
      throw new DemoException(expected + " never served\n" + demo.pair().testimony());
    }
  }

  /** What was acknowledged until now may be missing later: two nodes served. */
  void forget() {
    measuredUpTo = clock.now();
  }

  /** What the standby itself says that it lacks. */
  private Duration lagOf(DemoNode standby) throws DemoException {
    Views.NodeRow row =
        standby.row().orElseThrow(() -> new DemoException(standby.name() + " does not answer"));
    if (row.role().equals("active")) {
      // two serve: what clients wrote to the other since both did is only there
      return measuredUpTo.until(clock.now());
    }
    return lagOf(standby, row);
  }

  /** What a standby said that it lacks. */
  static Duration lagOf(DemoNode standby, Views.NodeRow row) throws DemoException {
    Double seconds = row.lagSeconds();
    if (seconds == null) {
      throw new DemoException(standby.name() + " does not say how far it lags");
    }
    return Duration.ofNanos(Math.round(seconds * 1e9)).plus(LAG_ROUNDING);
  }

  /** Lets time pass, as a fault needs it that nobody may notice. */
  static void watchOn(Duration time) {
    LockSupport.parkNanos(time.toNanos());
  }

  /** Has an operator give an order at this node, which must be obeyed. */
  static void order(DemoNode node, String... words) throws DemoException {
    DemoNode.Answer answer = node.call(words);
    if (!answer.isDone()) {
      throw new DemoException(words[0] + " on " + node.name() + ": " + answer.said());
    }
  }
}
