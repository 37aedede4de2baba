package understudy.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import understudy.failover.Arbiter;
import understudy.failover.Durable;
import understudy.failover.Effect;
import understudy.failover.Policy;
import understudy.failover.Rule;
import understudy.failover.Step;
import understudy.failover.Term;
import understudy.failover.View;
import understudy.time.Moment;

/** Builds that are broken on purpose: the simulator must catch each of them. */
class MutantTest {
  private static final Duration LIFE = Duration.ofMinutes(1);
  private static final Set<Fault> ALL = EnumSet.allOf(Fault.class);
  private static final int WORLDS = 10_000;

  /**
   * One broken rule.
   *
   * @param caughtBy promises of which one must be seen broken
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Mutant(String what, Build build, Promise... caughtBy) {}

  private static final List<Mutant> MUTANTS =
      List.of(
          new Mutant(
              "a holder that is cut off does not freeze",
              arbiter(right -> new Changed(right, true, _ -> true)),
              Promise.ONE_ACTIVE,
              Promise.FENCE_FIRST),
          new Mutant(
              "a standby takes over a service that answers",
              arbiter(right -> new Changed(right, false, b -> b.rule() != Rule.SERVICE_ANSWERS)),
              Promise.ONE_ACTIVE,
              Promise.FENCE_FIRST),
          new Mutant(
              "a mandate needs no majority and no store",
              arbiter(Unasked::new),
              Promise.ONE_ACTIVE),
          new Mutant(
              "a voter forgets its vote and asks nobody",
              Build.shipped().withMemory(MutantTest::withoutVote),
              Promise.ONE_VOTE),
          new Mutant(
              "a node that stops does not shut its gate",
              without(Effect.Fence.class),
              Promise.FENCE_FIRST),
          new Mutant(
              "the gate is held up for a lease too long",
              Build.shipped().withStep(MutantTest::prolonged),
              Promise.FENCE_FIRST,
              Promise.ONE_ACTIVE),
          new Mutant(
              "the gate does not lapse by itself",
              Build.shipped().withoutLapse(),
              Promise.KERNEL_ENFORCED),
          new Mutant(
              "a restart forgets the term",
              Build.shipped().withMemory(_ -> Durable.FRESH),
              Promise.TERMS_ONLY_GROW),
          new Mutant(
              "half a generation passes for a whole one",
              Build.shipped().withoutWholeness(),
              Promise.WHOLE_GENERATION),
          new Mutant(
              "max-loss is not looked at", Build.shipped().withoutLossGuard(), Promise.LOSS_GUARD),
          new Mutant(
              "what a copy overwrites is gone",
              Build.shipped().withoutSalvage(),
              Promise.NOTHING_DISCARDED),
          new Mutant(
              "a standby does not follow", without(Effect.Follow.class), Promise.NO_STUCK_STATE),
          new Mutant(
              "resources are never started",
              without(Effect.StartResources.class),
              Promise.NO_STUCK_STATE),
          new Mutant(
              "steps come without evidence",
              Build.shipped().withStep(s -> new Step(s.next(), s.effects(), s.rule(), List.of())),
              Promise.EXPLAINED),
          new Mutant("wishes are not answered", without(Effect.Answer.class), Promise.EXPLAINED));

  @TestFactory
  Stream<DynamicTest> everyMutantIsCaught() {
    return MUTANTS.stream()
        .map(mutant -> DynamicTest.dynamicTest(mutant.what(), () -> assertCaught(mutant)));
  }

  @Test
  void everyPromiseHasAMutant() {
    assertThat(MUTANTS.stream().map(mutant -> mutant.caughtBy()[0]).distinct())
        .containsExactlyInAnyOrder(Promise.values());
  }

  private static void assertCaught(Mutant mutant) {
    List<String> words = Arrays.stream(mutant.caughtBy()).map(Promise::word).toList();
    var simulation = new Simulation(mutant.build(), ALL, LIFE);
    assertThat(
            LongStream.rangeClosed(1, WORLDS)
                .filter(
                    seed ->
                        simulation.replay(seed, Trace.none()).failures().stream()
                            .anyMatch(failure -> words.contains(failure.promise())))
                .findFirst())
        .as("first seed that shows it")
        .isPresent();
  }

  private static Build arbiter(UnaryOperator<Arbiter> change) {
    return Build.shipped().withArbiter(change);
  }

  private static Build without(Class<? extends Effect> kind) {
    return Build.shipped()
        .withStep(
            step -> {
              var effects = new ArrayList<>(step.effects());
              effects.removeIf(kind::isInstance);
              return new Step(step.next(), effects, step.rule(), step.evidence());
            });
  }

  private static Step prolonged(Step step) {
    List<Effect> effects =
        step.effects().stream()
            .map(
                effect ->
                    effect instanceof Effect.Extend(Moment until, var gate)
                        ? new Effect.Extend(until.plus(Duration.ofSeconds(3)), gate)
                        : effect)
            .toList();
    return new Step(step.next(), effects, step.rule(), step.evidence());
  }

  private static Durable withoutVote(Durable durable) {
    return new Durable(
        durable.term(),
        durable.reign(),
        durable.willing(),
        durable.offer(),
        durable.pause(),
        durable.clientsHeld(),
        Optional.of(new Durable.Vote(Term.NONE, Optional.empty())),
        durable.pinned(),
        durable.served(),
        durable.knownServed());
  }

  /** An arbiter with one eye shut; what is granted by others it leaves as it is. */
  private record Changed(Arbiter right, boolean neverFreezes, Predicate<Block> sees)
      implements Arbiter {
    @Override
    public List<Block> blocks(Claim claim) {
      return right.blocks(claim).stream().filter(sees).toList();
    }

    @Override
    public Granting granting() {
      return right.granting();
    }

    @Override
    public List<Block> lacking(Claim claim, Term term) {
      return right.lacking(claim, term);
    }

    @Override
    public Moment mandateUntil(Policy policy, View view, Moment at) {
      return neverFreezes && right.granting() instanceof Granting.Proven
          ? at.plus(policy.timing().lease())
          : right.mandateUntil(policy, view, at);
    }
  }

  /** Takes every mandate as granted. */
  private record Unasked(Arbiter right) implements Arbiter {
    @Override
    public List<Block> blocks(Claim claim) {
      return right.blocks(claim);
    }

    @Override
    public Granting granting() {
      return right.granting();
    }

    @Override
    public Moment mandateUntil(Policy policy, View view, Moment at) {
      return right.granting() instanceof Granting.Proven
          ? right.mandateUntil(policy, view, at)
          : at.plus(policy.timing().lease());
    }
  }
}
