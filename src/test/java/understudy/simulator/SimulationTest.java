package understudy.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import understudy.failover.Arbiter;
import understudy.failover.Effect;
import understudy.failover.Policy;
import understudy.failover.Rule;
import understudy.failover.Step;
import understudy.failover.View;
import understudy.failover.arbiter.PeerArbiter;
import understudy.simulator.Simulation.Failure;
import understudy.simulator.Simulation.Outcome;
import understudy.time.Moment;

/** Many worlds of the core as shipped, and builds that are broken on purpose. */
class SimulationTest {
  private static final int WORLDS = 10_000;
  private static final Duration LIFE = Duration.ofHours(1);
  private static final Set<Fault> ALL = EnumSet.allOf(Fault.class);
  private static final int THREADS = Runtime.getRuntime().availableProcessors();
  private static final int WORLDS_FOR_A_MUTANT = 3_000;
  private static final int WORLDS_OUT_OF_ORDER = 1_000;

  @Test
  void noWorldBreaksAPromise() throws InterruptedException {
    Outcome outcome = Simulation.shipped(ALL, LIFE).run(WORLDS, 1, THREADS);

    assertThat(outcome.failures()).isEmpty();
    assertThat(EnumSet.complementOf(EnumSet.copyOf(outcome.rules().keySet())))
        .as("rules that no world has seen")
        .isSubsetOf(
            Rule.NOT_WHOLE,
            Rule.HANDED_BACK,
            Rule.SERVES_ALONE,
            Rule.SERVED_ELSEWHERE,
            Rule.NOT_IN_CLUSTER);
  }

  @Test
  void sameSeedGivesTheSameWorld() {
    assertThat(traceOf(4711)).isEqualTo(traceOf(4711)).contains("everything heals");
    assertThat(traceOf(4711)).isNotEqualTo(traceOf(4712));
  }

  @Test
  void brokenPromiseNamesTheSeedAndTheCommandThatReplaysIt() {
    long seed = firstFailure("OneActive", neverFences());

    List<Failure> failures = live(neverFences(), seed, Trace.none()).failures();

    assertThat(failures).hasSize(1).extracting(Failure::seed).containsExactly(seed);
    assertThat(Report.replay(failures.getFirst(), LIFE))
        .isEqualTo("understudy simulate --seed " + seed + " --minutes 60 --trace");
  }

  @Test
  void holderThatDoesNotFreezeWhenCutOffIsCaught() {
    assertCaught("OneActive", Build.shipped().withArbiter(new Changed(false, true)));
  }

  @Test
  void standbyThatTakesOverAServiceThatAnswersIsCaught() {
    assertCaught("OneActive", Build.shipped().withArbiter(new Changed(true, false)));
  }

  @Test
  void nodeThatStopsWithoutFencingIsCaught() {
    assertCaught("OneActive", neverFences());
  }

  @Test
  void gateThatDoesNotLapseByItselfIsCaught() {
    assertCaught("OneActive", Build.shipped().withoutLapse());
  }

  @Test
  void nodeThatForgetsItsTermsIsCaught() {
    assertCaught("TermsOnlyGrow", Build.shipped().withoutMemory());
  }

  @Test
  void heartbeatsOutOfOrderBreakNothing() throws InterruptedException {
    Outcome outcome =
        new Simulation(Build.shipped().withoutOrder(), ALL, LIFE)
            .run(WORLDS_OUT_OF_ORDER, 1, THREADS);
    assertThat(outcome.failures()).isEmpty();
  }

  @Test
  void stepsWithoutEvidenceAreCaught() {
    assertCaught(
        "Explained",
        changedSteps(step -> new Step(step.next(), step.effects(), step.rule(), List.of())));
  }

  private static void assertCaught(String promise, Build mutant) {
    assertThat(firstFailure(promise, mutant)).as("first seed that shows it").isPositive();
  }

  private static long firstFailure(String promise, Build mutant) {
    return LongStream.rangeClosed(1, WORLDS_FOR_A_MUTANT)
        .filter(
            seed ->
                live(mutant, seed, Trace.none()).failures().stream()
                    .anyMatch(failure -> failure.promise().equals(promise)))
        .findFirst()
        .orElse(0);
  }

  private static Outcome live(Build build, long seed, Trace trace) {
    return new Simulation(build, ALL, LIFE).replay(seed, trace);
  }

  private static Build neverFences() {
    return changedSteps(
        step -> {
          var effects = new ArrayList<>(step.effects());
          effects.removeIf(Effect.Fence.class::isInstance);
          return new Step(step.next(), effects, step.rule(), step.evidence());
        });
  }

  private static Build changedSteps(UnaryOperator<Step> change) {
    return Build.shipped().withStep(change);
  }

  private static String traceOf(long seed) {
    var lines = new ArrayList<String>();
    live(Build.shipped(), seed, Trace.to(lines::add));
    return String.join("\n", lines);
  }

  /** The peer arbiter with one eye shut. */
  private record Changed(boolean freezes, boolean asksService) implements Arbiter {
    private static final PeerArbiter RIGHT = new PeerArbiter();

    @Override
    public List<Block> blocks(Claim claim) {
      return RIGHT.blocks(claim).stream()
          .filter(block -> asksService || !isAboutTheService(block))
          .toList();
    }

    private static boolean isAboutTheService(Block block) {
      return block.rule() == Rule.SERVICE_ANSWERS;
    }

    @Override
    public Moment mandateUntil(Policy policy, View view, Moment at) {
      return freezes ? RIGHT.mandateUntil(policy, view, at) : at.plus(policy.timing().lease());
    }
  }
}
