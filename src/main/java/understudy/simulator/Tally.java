package understudy.simulator;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import understudy.failover.Rule;
import understudy.simulator.Simulation.Failure;
import understudy.simulator.Simulation.Outcome;

/** What came of the worlds of one thread, until all are counted together. */
final class Tally {
  private final List<Failure> failures = new ArrayList<>();
  private final Map<Rule, Integer> rules = new EnumMap<>(Rule.class);
  private int worlds;
  private long simulatedNanos;
  private long skippedNanos;
  private long steps;

  void live(long seed, Weather weather) {
    World world = weather.world();
    try {
      weather.live();
    } catch (Violation violation) {
      fail(seed, world, violation.promise().word(), String.valueOf(violation.getMessage()));
    } catch (IllegalStateException | IllegalArgumentException | ArithmeticException bug) {
      fail(seed, world, "NeverThrows", bug.toString());
    }
    worlds++;
    simulatedNanos += world.nowNanos();
    skippedNanos += world.skippedNanos();
    steps += world.checks.steps();
    world.checks.rulesSeen().forEach(rule -> rules.merge(rule, 1, Integer::sum));
  }

  private void fail(long seed, World world, String promise, String what) {
    world.tell("CHECK", () -> "BROKEN: " + what);
    failures.add(new Failure(seed, promise, what));
  }

  int failed() {
    return failures.size();
  }

  void add(Tally other) {
    failures.addAll(other.failures);
    other.rules.forEach((rule, times) -> rules.merge(rule, times, Integer::sum));
    worlds += other.worlds;
    simulatedNanos += other.simulatedNanos;
    skippedNanos += other.skippedNanos;
    steps += other.steps;
  }

  Outcome outcome() {
    failures.sort(Comparator.comparingLong(Failure::seed));
    return new Outcome(
        worlds,
        Duration.ofNanos(simulatedNanos),
        Duration.ofNanos(skippedNanos),
        steps,
        List.copyOf(failures),
        Map.copyOf(rules));
  }
}
