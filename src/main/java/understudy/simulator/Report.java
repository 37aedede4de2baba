package understudy.simulator;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import understudy.simulator.Simulation.Failure;
import understudy.simulator.Simulation.Outcome;

/**
 * What is told of many worlds.
 *
 * @param faults that were let loose
 * @param life of each world, at least
 * @param took wall time
 */
record Report(Outcome outcome, Set<Fault> faults, Duration life, Duration took, int threads) {
  private static final int MOST_FAILURES_SHOWN = 20;

  /** The command that shows a failure again, with all that led to it. */
  static String replay(Failure failure, Set<Fault> faults, Duration life) {
    String only =
        faults.equals(EnumSet.allOf(Fault.class))
            ? ""
            : faults.stream().map(Fault::word).collect(Collectors.joining(",", "--faults ", " "));
    return "understudy simulate --seed %d --minutes %d %s--trace"
        .formatted(failure.seed(), life.toMinutes(), only);
  }

  private String replay(Failure failure) {
    return replay(failure, faults, life);
  }

  private double seconds() {
    return took.toNanos() / 1e9;
  }

  private static double hours(Duration duration) {
    return duration.toMillis() / 3.6e6;
  }

  private double hoursPerSecond() {
    return hours(outcome.simulated()) / seconds();
  }

  String text() {
    var text = new StringBuilder();
    outcome.failures().stream()
        .limit(MOST_FAILURES_SHOWN)
        .forEach(
            failure ->
                text.append(
                    "seed %d: %s%n  replay with: %s%n"
                        .formatted(failure.seed(), failure.what(), replay(failure))));
    return text.append(
            String.format(
                Locale.ROOT,
                "%d worlds, %d broken promises%n"
                    + "%.1f simulated hours in %.1f s on %d threads: %.0f hours per second%n"
                    + "  %.1f of them step by step (%d decisions), %.1f calm and jumped over",
                outcome.worlds(),
                outcome.failures().size(),
                hours(outcome.simulated()),
                seconds(),
                threads,
                hoursPerSecond(),
                hours(outcome.simulated().minus(outcome.skipped())),
                outcome.steps(),
                hours(outcome.skipped())))
        .toString();
  }

  String json() {
    String violations =
        outcome.failures().stream()
            .limit(MOST_FAILURES_SHOWN)
            .map(
                failure ->
                    "{\"seed\":%d,\"promise\":\"%s\",\"what\":%s,\"replay\":\"%s\"}"
                        .formatted(
                            failure.seed(),
                            failure.promise(),
                            quoted(failure.what()),
                            replay(failure)))
            .collect(Collectors.joining(","));
    return String.format(
        Locale.ROOT,
        "{\"worlds\":%d,\"violations\":%d,\"simulated_hours\":%.2f,\"stepped_hours\":%.2f,"
            + "\"skipped_hours\":%.2f,\"steps\":%d,\"seconds\":%.2f,\"threads\":%d,"
            + "\"hours_per_second\":%.1f,\"failures\":[%s]}",
        outcome.worlds(),
        outcome.failures().size(),
        hours(outcome.simulated()),
        hours(outcome.simulated().minus(outcome.skipped())),
        hours(outcome.skipped()),
        outcome.steps(),
        seconds(),
        threads,
        hoursPerSecond(),
        violations);
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
  }
}
