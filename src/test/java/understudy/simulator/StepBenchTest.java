package understudy.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import understudy.failover.Step;
import understudy.simulator.Trace.Decision;

/** The cost of decisions is measured over decisions that were really taken. */
class StepBenchTest {
  @Test
  void aDecisionThatIsTakenAgainGivesTheSameStep() {
    var decisions = new ArrayList<Decision>();
    Simulation.shipped(EnumSet.allOf(Fault.class), Duration.ofMinutes(1))
        .replay(1, Trace.of(decisions::add));

    List<Step> first = decisions.stream().map(Decision::taken).toList();

    assertThat(decisions).hasSizeGreaterThan(1_000);
    assertThat(decisions.stream().map(Decision::taken)).containsExactlyElementsOf(first);
  }

  @Test
  void figuresTellWhatADecisionCosts() {
    Map<String, Object> figures = StepBench.figures();

    assertThat(figures).containsEntry("steps", 50_000).containsEntry("bench", "step");
    assertThat(number(figures, "ns_per_step")).isBetween(10L, 100_000L);
    assertThat(number(figures, "single_p99_ns"))
        .isGreaterThanOrEqualTo(number(figures, "single_median_ns"));
    assertThat(number(figures, "effects")).isPositive();
  }

  private static long number(Map<String, Object> figures, String name) {
    return figures.get(name) instanceof Number number ? number.longValue() : -1;
  }
}
