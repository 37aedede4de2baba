package understudy.demo;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import understudy.api.Views;
import understudy.demo.lab.LabException;
import understudy.demo.lab.ProcessSignal;
import understudy.time.Clock;
import understudy.time.Moment;

/**
 * Plays scenarios on a running demo without root and measures each step from outside. Before each
 * fault the service is protected, and after each the pair is brought back to that.
 */
final class Play {
  /** Clients are watched on after a takeover: who serves must go on serving. */
  private static final Duration WATCHED_ON = Duration.ofSeconds(1);

  private static final Duration LAG_ROUNDING = Duration.ofMillis(5);
  private static final Duration NEVER = Duration.ZERO;

  /** What is meant to take no time at all may take this on a machine that is busy. */
  private static final Duration HICCUP = Duration.ofMillis(800);

  private final Demo demo;
  private final Clock clock;
  private final Consumer<ScriptLine> lines;

  /** What was acknowledged since then and is in no fault's way must never be missing. */
  private Moment measuredUpTo;

  Play(Demo demo, Clock clock, Consumer<ScriptLine> lines) {
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

  /** Plays one scenario; a step that cannot be played is a line, too. */
  void play(Scenario scenario) throws InterruptedException {
    try {
      switch (scenario) {
        case KILL -> kill();
        case HANG -> hang();
        case SWITCHOVER -> switchOver();
        case CONFLICT -> conflict();
        case PARTITION ->
            throw new DemoException("on the loopback there is no cable to cut: add --netns (root)");
      }
    } catch (DemoException | LabException failed) {
      lines.accept(
          ScriptLine.broken(
              scenario.word(), "the step can be played", String.valueOf(failed.getMessage())));
    }
  }

  private void kill() throws DemoException, LabException, InterruptedException {
    DemoNode active = demo.pair().awaitProtected();
    DemoNode standby = demo.pair().other(active);
    measure(new Step("kill", active::kill, standby, takeover(NEVER)));
    measure(
        new Step(
            "kill-return", () -> bringBack(active), standby, new Limits(HICCUP, false, NEVER)));
  }

  private void hang() throws DemoException, LabException, InterruptedException {
    DemoNode active = demo.pair().awaitProtected();
    DemoNode standby = demo.pair().other(active);
    measure(new Step("hang", () -> active.signal(ProcessSignal.STOP), standby, takeover(NEVER)));
    measure(
        new Step(
            "hang-wake",
            () -> {
              active.signal(ProcessSignal.CONT);
              bringBack(active);
            },
            standby,
            new Limits(HICCUP, false, Duration.ofMillis(300))));
  }

  private void switchOver() throws DemoException, LabException, InterruptedException {
    for (String name : List.of("switchover", "switchover-back")) {
      DemoNode active = demo.pair().awaitProtected();
      measure(
          new Step(
              name,
              () -> order(active, "switchover", "--wait=60s", "--yes"),
              demo.pair().other(active),
              new Limits(Duration.ofSeconds(1), false, NEVER)));
    }
  }

  private void conflict() throws DemoException, LabException, InterruptedException {
    DemoNode active = demo.pair().awaitProtected();
    DemoNode standby = demo.pair().other(active);
    measure(
        new Step(
            "conflict",
            () -> order(standby, "promote", "--force", "--wait=60s", "--yes"),
            standby,
            takeover(Duration.ofSeconds(1))));
    demo.pair().awaitProtected();
  }

  private static Limits takeover(Duration dual) {
    return new Limits(Duration.ofMillis(2500), true, dual);
  }

  private void bringBack(DemoNode node) throws DemoException, LabException, InterruptedException {
    if (!node.isRunning()) {
      node.start();
    }
    demo.pair().awaitProtected();
  }

  private static void order(DemoNode node, String... words) throws DemoException {
    DemoNode.Answer answer = node.call(words);
    if (!answer.isDone()) {
      throw new DemoException(words[0] + " on " + node.name() + ": " + answer.said());
    }
  }

  private void measure(Step step) throws DemoException, LabException, InterruptedException {
    if (demo.client().meter().awaitWrite(clock.now(), Pair.PATIENCE).isEmpty()) {
      throw new DemoException("nobody serves\n" + demo.pair().testimony());
    }
    Moment asked = clock.now();
    Duration lag = step.limits().mayLose() ? lagOf(step.expected()) : NEVER;
    Moment fault = clock.now();
    step.deed().perform();
    String expected = step.expected().name();
    boolean served = demo.client().meter().awaitWriteOf(expected, fault, Pair.PATIENCE).isPresent();
    LockSupport.parkNanos(WATCHED_ON.toNanos());
    var expectation =
        new Expectation(
            expected,
            step.limits().outage(),
            step.limits().mayLose() ? lag.plus(asked.until(fault)) : NEVER,
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

  /** What the standby itself says that it lacks. */
  private static Duration lagOf(DemoNode standby) throws DemoException {
    Double seconds =
        standby
            .row()
            .map(Views.NodeRow::lagSeconds)
            .orElseThrow(() -> new DemoException(standby.name() + " does not say how far it lags"));
    return Duration.ofNanos(Math.round(seconds * 1e9)).plus(LAG_ROUNDING);
  }
}
