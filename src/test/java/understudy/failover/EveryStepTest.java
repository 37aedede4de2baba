package understudy.failover;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import understudy.failover.Effect.Gate;
import understudy.failover.Situation.StopCause;
import understudy.failover.Situation.Stopping;

/** What holds for every situation and every input, however they came together. */
class EveryStepTest {
  private static final Map<Role, Set<Role>> EDGES =
      Map.of(
          Role.STANDBY, Set.of(Role.STANDBY, Role.STARTING),
          Role.FROZEN, Set.of(Role.FROZEN, Role.STANDBY, Role.STARTING),
          Role.STARTING, Set.of(Role.STARTING, Role.ACTIVE, Role.STOPPING),
          Role.ACTIVE, Set.of(Role.ACTIVE, Role.STOPPING),
          Role.STOPPING, Set.of(Role.STOPPING, Role.STANDBY, Role.FROZEN, Role.STARTING),
          Role.DETACHED, Set.of(Role.DETACHED),
          Role.WITNESS, Set.of(Role.WITNESS));

  @Test
  void everySituationTakesEveryInputAndKeepsTheRules() {
    int[] steps = {0};
    Space.explore(
        (failover, state, input) -> {
          steps[0]++;
          check(failover, state, input);
        });
    assertThat(steps[0]).isGreaterThan(1_000_000);
  }

  private static void check(Failover failover, State state, Input input) {
    Step step = failover.step(state, input);
    require(
        EDGES.getOrDefault(state.role(), Set.of()).contains(step.next().role()),
        "legal role",
        state,
        input,
        step);
    require(
        !state.durable().term().isAfter(step.next().durable().term())
            && !state.durable().reign().isAfter(step.next().durable().reign()),
        "terms only grow",
        state,
        input,
        step);
    require(
        state.role() == step.next().role()
            || (step.rule() != Rule.NOTHING && !step.evidence().isEmpty()),
        "role change is explained",
        state,
        input,
        step);
    require(isAnswered(input, step), "every wish is answered", state, input, step);
    require(startsOnlyWithMandate(step), "starts only with the mandate", state, input, step);
    require(
        extendsOnlyWhileHolding(failover, step), "extends only while holding", state, input, step);
    require(fencesBeforeItStops(state, step), "fences before it stops", state, input, step);
    require(claimsALaterTerm(state, step), "claims a later term", state, input, step);
    require(claimsWhatIsGranted(failover, state, step), "claims its grant", state, input, step);
    require(votesOnceInATerm(state, step), "votes once in a term", state, input, step);
  }

  /** AssertJ would be too slow for millions of steps. */
  private static void require(boolean holds, String rule, State state, Input input, Step step) {
    if (!holds) {
      throw new AssertionError(rule + "\n  in " + state + "\n  on " + input + "\n  gave " + step);
    }
  }

  private static boolean isAnswered(Input input, Step step) {
    return !(input instanceof Input.Asked(_, long operation, _))
        || step.effects().stream()
            .anyMatch(e -> e instanceof Effect.Answer(long number, _) && number == operation);
  }

  private static boolean startsOnlyWithMandate(Step step) {
    Term reign = step.next().durable().reign();
    for (Effect effect : step.effects()) {
      boolean starts =
          effect instanceof Effect.StartResources || effect instanceof Effect.SettleData;
      boolean inThisReign =
          effect.equals(new Effect.StartResources(reign))
              || effect.equals(new Effect.SettleData(reign));
      if (starts && (step.next().role() != Role.STARTING || !inThisReign)) {
        return false;
      }
    }
    return true;
  }

  /** The last word on the gate fits what the node is then, and no mandate exceeds its lease. */
  private static boolean extendsOnlyWhileHolding(Failover failover, Step step) {
    var latest = Space.NOW.plus(failover.policy().timing().lease());
    boolean fits = true;
    for (Effect effect : step.effects()) {
      if (effect instanceof Effect.Extend(var until, Gate gate)) {
        fits = !until.isAfter(latest) && mayBe(gate, step.next().situation());
      } else if (effect instanceof Effect.Fence) {
        fits = true;
      }
    }
    return fits;
  }

  private static boolean mayBe(Gate gate, Situation next) {
    return switch (gate) {
      case OPEN -> next.role() == Role.ACTIVE;
      case SHUT -> next.role() == Role.STARTING;
      case HOLD ->
          next.role() == Role.ACTIVE
              || (next instanceof Stopping(var cause, _) && cause instanceof StopCause.HandingOver);
    };
  }

  private static boolean fencesBeforeItStops(State state, Step step) {
    boolean held = state.role() == Role.ACTIVE || state.role() == Role.STARTING;
    boolean hands =
        step.next().situation() instanceof Stopping(var cause, _)
            && cause instanceof StopCause.HandingOver;
    if (!held || step.next().role() != Role.STOPPING || hands) {
      return true;
    }
    List<Effect> effects = step.effects();
    int fence = effects.indexOf(new Effect.Fence());
    return fence >= 0 && fence < effects.indexOf(new Effect.StopResources());
  }

  private static boolean claimsALaterTerm(State state, Step step) {
    boolean watched = state.role() == Role.STANDBY || state.role() == Role.FROZEN;
    return !watched
        || step.next().role() != Role.STARTING
        || step.next().durable().reign().isAfter(state.durable().reign());
  }

  private static boolean claimsWhatIsGranted(Failover failover, State state, Step step) {
    boolean watched = state.role() == Role.STANDBY || state.role() == Role.FROZEN;
    if (!watched || step.next().role() != Role.STARTING) {
      return true;
    }
    Policy policy = failover.policy();
    Durable claimed = step.next().durable();
    var claim = new Arbiter.Claim(policy, claimed, step.next().view(), Space.NOW);
    return policy.arbiter().lacking(claim, claimed.reign()).isEmpty();
  }

  private static boolean votesOnceInATerm(State state, Step step) {
    Optional<Durable.Vote> before = state.durable().vote();
    Optional<Durable.Vote> after = step.next().durable().vote();
    return before.equals(after)
        || before.isEmpty()
        || after.filter(vote -> mayFollow(before.get(), vote)).isPresent();
  }

  private static boolean mayFollow(Durable.Vote before, Durable.Vote after) {
    return after.term().isAfter(before.term());
  }
}
