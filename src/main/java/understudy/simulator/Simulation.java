package understudy.simulator;

import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import understudy.failover.Rule;

/**
 * Lives through many simulated worlds, one for each seed, and tells which promises held. The entry
 * point of {@code understudy simulate}.
 */
public final class Simulation {
  private static final int MOST_FAILURES_SHOWN = 20;

  private Simulation() {}

  /** A world in which a promise was broken. */
  public record Failure(long seed, String invariant, String what) {
    /** The command that shows it again, with all that led to it. */
    public String replay() {
      return "understudy simulate --seed " + seed + " --trace";
    }
  }

  /**
   * What came of many worlds.
   *
   * @param simulated time lived through, all worlds together
   * @param rules how many worlds saw each rule
   */
  public record Outcome(
      int worlds, Duration simulated, List<Failure> failures, Map<Rule, Integer> rules) {
    public boolean isGood() {
      return failures.isEmpty();
    }
  }

  /**
   * Lives through {@code seeds} worlds from {@code firstSeed} on, tells of broken promises on
   * {@code out}; with {@code trace} all that happens. Blocks until done.
   */
  public static Outcome run(int seeds, long firstSeed, boolean trace, PrintStream out) {
    long begunNanos = System.nanoTime();
    var tracing = new Trace(trace ? Optional.of(out) : Optional.empty());
    Outcome outcome = live(seeds, firstSeed, Build.shipped(), tracing);
    outcome.failures().stream().limit(MOST_FAILURES_SHOWN).forEach(f -> tell(f, out));
    double seconds = (System.nanoTime() - begunNanos) / 1e9;
    double hours = outcome.simulated().toMillis() / 3.6e6;
    out.printf(
        Locale.ROOT,
        "%d worlds, %d broken promises, %.1f simulated hours in %.1f s (%.1f hours per second)%n",
        seeds,
        outcome.failures().size(),
        hours,
        seconds,
        hours / seconds);
    return outcome;
  }

  private static void tell(Failure failure, PrintStream out) {
    out.printf(
        "seed %d: %s%n  replay with: %s%n", failure.seed(), failure.what(), failure.replay());
  }

  static Outcome live(int seeds, long firstSeed, Build build, Trace trace) {
    var failures = new ArrayList<Failure>();
    var rules = new EnumMap<Rule, Integer>(Rule.class);
    Duration simulated = Duration.ZERO;
    for (long seed = firstSeed; seed < firstSeed + seeds; seed++) {
      var world = new World(seed, build, trace);
      try {
        world.live();
      } catch (Violation violation) {
        String message = String.valueOf(violation.getMessage());
        trace.tell(world.nowNanos(), "CHECK", () -> message);
        failures.add(new Failure(seed, violation.invariant(), message));
      } catch (IllegalStateException | IllegalArgumentException | ArithmeticException bug) {
        failures.add(new Failure(seed, "NeverThrows", bug.toString()));
      }
      world.checks.rulesSeen().forEach(rule -> rules.merge(rule, 1, Integer::sum));
      simulated = simulated.plusNanos(world.nowNanos());
    }
    return new Outcome(seeds, simulated, List.copyOf(failures), rules);
  }
}
