package understudy.simulator;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import understudy.failover.Designation;
import understudy.failover.Role;
import understudy.failover.Rule;
import understudy.failover.Standing;
import understudy.failover.State;
import understudy.failover.Term;
import understudy.failover.Watch;

/**
 * NoStuckState: long after everything was healed somebody serves, everybody follows, nothing is
 * open.
 */
final class RestChecks {
  /** Blocks that only a person lifts once everything works. */
  private static final Set<Rule> WAITS_FOR_PERSON =
      Set.of(Rule.UNWILLING, Rule.NO_GENERATION, Rule.DR_BY_HAND);

  private static final Duration FRESH = Duration.ofSeconds(10);

  private final World world;
  private final Map<Long, Daemon> unanswered = new HashMap<>();

  RestChecks(World world) {
    this.world = world;
  }

  void asked(Daemon daemon, long operation) {
    unanswered.put(operation, daemon);
  }

  void answered(long operation) {
    unanswered.remove(operation);
  }

  /** Nothing is open any more, so waiting longer would show nothing new. */
  boolean isAtRest() {
    try {
      atRest();
      return true;
    } catch (Violation notYet) {
      return false;
    }
  }

  /** Long after everything was healed. */
  void atRest() {
    List<Machine> serving = world.nodes().stream().filter(Machine::isServing).toList();
    if (isAnyUnderWay()) {
      throw new Violation(Promise.NO_STUCK_STATE, "still under way: " + situations());
    }
    if (serving.isEmpty() && !waitForPerson()) {
      throw new Violation(Promise.NO_STUCK_STATE, "nobody serves: " + situations());
    }
    unanswered.values().removeIf(daemon -> !daemon.isAlive());
    if (!unanswered.isEmpty()) {
      throw new Violation(
          Promise.EXPLAINED, "operations " + unanswered.keySet() + " have no end: " + situations());
    }
    if (!serving.isEmpty() && world.setup.hasData()) {
      world.nodes().stream().filter(m -> !serving.contains(m)).forEach(this::follows);
    }
  }

  private void follows(Machine machine) {
    State state = machine.daemon().orElseThrow().state();
    boolean fresh =
        state.view().data() instanceof Standing.Complete(_, var freshAt)
            && freshAt.until(machine.now()).compareTo(FRESH) < 0;
    if (!fresh) {
      throw new Violation(
          Promise.NO_STUCK_STATE, machine.name() + " does not follow: " + state.view().data());
    }
  }

  private boolean isAnyUnderWay() {
    return world.nodes().stream()
        .flatMap(m -> m.daemon().stream())
        .map(daemon -> daemon.state().role())
        .anyMatch(role -> role == Role.STARTING || role == Role.STOPPING);
  }

  /** Every node that could serve by itself does, or lets one go first that does. */
  private boolean waitForPerson() {
    List<State> able =
        world.nodes().stream()
            .filter(m -> world.setup.nodes().get(m.name()) != Designation.DR)
            .flatMap(m -> m.daemon().stream())
            .map(Daemon::state)
            .toList();
    return able.stream().anyMatch(this::waitsForPerson)
        && able.stream()
            .allMatch(
                state ->
                    waitsForPerson(state)
                        || Checks.blockedBy(state.situation()).contains(Rule.OTHER_FIRST));
  }

  private boolean waitsForPerson(State state) {
    return Checks.blockedBy(state.situation()).stream().anyMatch(WAITS_FOR_PERSON::contains)
        || asksToReplaceLast(state);
  }

  /**
   * Who served last does not rise by itself, as it was demoted, is for disasters, has lost its disk
   * or waits for a person too: to replace it is a failover.
   */
  private boolean asksToReplaceLast(State state) {
    boolean asks = state.situation().watching().filter(Watch::asksPerson).isPresent();
    return asks && (isLastForgotten(state) || isAnyLaterByHand(state.durable().served()));
  }

  /** Nobody remembers any more that it served last, but this node heard of it. */
  private boolean isLastForgotten(State state) {
    return world.nodes().stream()
        .allMatch(m -> state.durable().knownServed().isAfter(m.remembered().served()));
  }

  private boolean isAnyLaterByHand(Term served) {
    return world.nodes().stream()
        .filter(m -> m.servedIn().isAfter(served))
        .anyMatch(m -> isByHand(m) || LossChecks.hasForgotten(m) || asks(m));
  }

  /** Itself to replace one that served later still. */
  private boolean asks(Machine machine) {
    return machine.daemon().map(Daemon::state).filter(this::asksToReplaceLast).isPresent();
  }

  private boolean isByHand(Machine machine) {
    return world.setup.nodes().get(machine.name()) == Designation.DR || machine.wasDemoted();
  }

  private String situations() {
    return world.machines.stream()
        .flatMap(m -> m.daemon().stream())
        .map(
            d ->
                "%s is %s in term %s, reigned last in %s, held back by %s"
                    .formatted(
                        d.name(),
                        d.state().role().word(),
                        d.state().durable().term(),
                        d.state().durable().reign(),
                        Checks.blockedBy(d.state().situation())))
        .collect(Collectors.joining("; "));
  }
}
