package understudy.simulator;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import understudy.failover.Step;
import understudy.simulator.Trace.Decision;

/**
 * What one decision of the core costs. All decisions of some simulated worlds are recorded, then
 * taken again in one thread, round after round; a core that is pure takes them as before. The
 * median of the rounds is the figure; the slowest decisions are timed one by one in a last round,
 * which adds what it costs to read the clock.
 */
public final class StepBench {
  private static final Duration LIFE = Duration.ofMinutes(1);
  private static final int MOST_DECISIONS = 50_000;
  private static final int WARM_UP_ROUNDS = 40;
  private static final int ROUNDS = 21;

  private StepBench() {}

  /** Takes some seconds. */
  public static Map<String, Object> figures() {
    List<Decision> decisions = recorded();
    long sink = 0;
    for (int i = 0; i < WARM_UP_ROUNDS; i++) {
      sink += takeAll(decisions);
    }
    double[] rounds = new double[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
      long begunNanos = System.nanoTime();
      sink += takeAll(decisions);
      rounds[i] = (System.nanoTime() - begunNanos) / (double) decisions.size();
    }
    Arrays.sort(rounds);
    long[] single = new long[decisions.size()];
    for (int i = 0; i < single.length; i++) {
      long begunNanos = System.nanoTime();
      sink += taken(decisions.get(i));
      single[i] = System.nanoTime() - begunNanos;
    }
    Arrays.sort(single);
    var figures = new LinkedHashMap<String, Object>();
    figures.put("bench", "step");
    figures.put("engine", "understudy");
    figures.put("ns_per_step", Math.round(rounds[ROUNDS / 2]));
    figures.put("ns_per_step_best_round", Math.round(rounds[0]));
    figures.put("ns_per_step_worst_round", Math.round(rounds[ROUNDS - 1]));
    figures.put("single_median_ns", single[single.length / 2]);
    figures.put("single_p99_ns", single[single.length / 100 * 99]);
    figures.put("steps", decisions.size());
    figures.put("rounds", ROUNDS);
    figures.put("effects", sink / (WARM_UP_ROUNDS + ROUNDS + 1));
    return figures;
  }

  private static List<Decision> recorded() {
    var decisions = new ArrayList<Decision>(MOST_DECISIONS);
    var simulation = Simulation.shipped(EnumSet.allOf(Fault.class), LIFE);
    var trace =
        Trace.of(
            decision -> {
              if (decisions.size() < MOST_DECISIONS) {
                decisions.add(decision);
              }
            });
    for (long seed = 1; decisions.size() < MOST_DECISIONS; seed++) {
      simulation.replay(seed, trace);
    }
    return decisions;
  }

  private static long takeAll(List<Decision> decisions) {
    long effects = 0;
    for (Decision decision : decisions) {
      effects += taken(decision);
    }
    return effects;
  }

  /** Something of the step must be used, or the compiler leaves it out. */
  private static int taken(Decision decision) {
    Step step = decision.taken();
    return step.effects().size();
  }
}
