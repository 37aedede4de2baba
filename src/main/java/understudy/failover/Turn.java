package understudy.failover;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import understudy.failover.Arbiter.Granting;
import understudy.failover.Effect.Reply;
import understudy.failover.Situation.Standby;
import understudy.failover.Situation.StopCause;
import understudy.failover.Situation.Stopping;
import understudy.time.Moment;

/**
 * One step in the making: starts from a state and one moment, collects what changes. Lives inside
 * {@link Failover#step} only, so the step stays a pure function.
 */
final class Turn {
  final Policy policy;
  final Timing timing;
  final Moment at;
  Durable durable;
  View view;
  Situation situation;
  private final State before;
  private List<Effect> effects = List.of();

  /** This step looked whether to take over. */
  boolean looked;

  /** This step asked for the mandate. */
  boolean seeks;

  private Rule rule = Rule.NOTHING;
  private List<String> evidence = List.of();

  Turn(Policy policy, State state, Moment at) {
    this.policy = policy;
    this.timing = policy.timing();
    this.at = at;
    this.durable = state.durable();
    this.view = state.view();
    this.situation = state.situation();
    this.before = state;
  }

  /** The latest rule told names the step; all evidence is kept. */
  void tell(Rule told, String... facts) {
    rule = told;
    var more = new ArrayList<>(evidence);
    more.addAll(List.of(facts));
    evidence = more;
  }

  /** A step that shuts the gate may have to be taken without being saved. */
  boolean isFencing() {
    for (Effect effect : effects) {
      if (effect instanceof Effect.Fence) {
        return true;
      }
    }
    return false;
  }

  void act(Effect effect) {
    if (effects.isEmpty()) { // as in most steps
      effects = new ArrayList<>();
    }
    effects.add(effect);
  }

  void answer(long operation, Reply reply) {
    act(new Effect.Answer(operation, reply));
  }

  void answer(Optional<Long> operation, Reply reply) {
    operation.ifPresent(number -> answer(number, reply));
  }

  void refuse(long operation, Rule why, String fact) {
    refuse(operation, why, List.of(fact), Optional.empty());
  }

  void refuse(long operation, Rule why, List<String> facts, Optional<String> override) {
    tell(why, facts.toArray(String[]::new));
    answer(operation, new Reply.Refused(why, facts, override));
  }

  boolean isDue(Moment due) {
    return !at.isBefore(due);
  }

  /** Later than every reign that this node knows of, also one that it could not save yet. */
  Term nextTerm() {
    Term latest = durable.term();
    for (Sighting sighting : view.peers().values()) {
      if (sighting.last().isPresent()) {
        latest = Term.latestOf(latest, sighting.last().get().term());
      }
    }
    return latest.next();
  }

  Moment in(Duration duration) {
    return at.plus(duration);
  }

  /** Stops serving at once: the gate first, then everything else. */
  void stop(StopCause cause, Rule why, String... facts) {
    situation = new Stopping(cause, in(timing.stopWithin()));
    act(new Effect.Fence());
    act(new Effect.StopResources());
    tell(why, facts);
  }

  /** Holds a mandate, so what it does not hear does not matter. */
  boolean isHolding() {
    return switch (situation) {
      case Situation.Starting _, Situation.Active _, Stopping _ -> true;
      case Standby _, Situation.Frozen _, Situation.Detached _, Situation.Witnessing _ -> false;
    };
  }

  /** Nobody grants the mandate: what this node sees of the world is the proof. */
  boolean provesItself() {
    return policy.arbiter().granting() instanceof Granting.Proven;
  }

  void stand(Watch watch) {
    situation = new Standby(watch);
  }

  Moment mandateUntil() {
    return policy.arbiter().mandateUntil(policy, view, at);
  }

  /** A mandate once proven lasts, whether it can be renewed now or not. */
  Moment mandateUntil(Moment provenUntil) {
    return Moment.laterOf(provenUntil, mandateUntil());
  }

  /** Looks at the network when {@code pause} has passed since the last look. */
  void probeEvery(Duration pause) {
    if (isDue(view.probeDue())) {
      act(new Effect.Probe());
      view = view.at(view.times().probing(in(pause)));
    }
  }

  /** What this node knew before this step. */
  View viewBefore() {
    return before.view();
  }

  /** Claims nothing before {@code moment}. */
  void listenUntil(Moment moment) {
    view = view.at(view.times().listening(moment));
  }

  /** What changes of itself, like the end of a mandate, is no news. */
  private boolean saysSomethingNew() {
    boolean same =
        durable.equals(before.durable())
            && situation.equals(before.situation())
            && view.fit() == before.view().fit()
            && view.data().equals(before.view().data());
    return !same && !Speech.isTheSame(policy, before, turned(view.beatDue()));
  }

  Step finish() {
    boolean speaks = isDue(view.beatDue()) || saysSomethingNew();
    if (speaks) {
      act(new Effect.Beat());
    }
    State next = turned(speaks ? in(timing.interval()) : view.beatDue());
    return new Step(next, effects, rule, evidence);
  }

  private State turned(Moment beatDue) {
    return new State(durable, view.at(view.times().turned(at, beatDue)), situation);
  }
}
