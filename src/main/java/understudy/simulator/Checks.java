package understudy.simulator;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import understudy.failover.Designation;
import understudy.failover.Durable;
import understudy.failover.Effect.Reply;
import understudy.failover.Input;
import understudy.failover.NodeName;
import understudy.failover.Request;
import understudy.failover.Role;
import understudy.failover.Rule;
import understudy.failover.Situation;
import understudy.failover.Standing;
import understudy.failover.State;
import understudy.failover.Step;
import understudy.failover.Term;
import understudy.failover.Watch;

/** The promises, each looked at from outside, with the whole truth at hand. */
final class Checks {
  private static final Map<Role, Set<Role>> ROLE_EDGES =
      Map.of(
          Role.STANDBY, Set.of(Role.STARTING),
          Role.FROZEN, Set.of(Role.STANDBY, Role.STARTING),
          Role.STARTING, Set.of(Role.ACTIVE, Role.STOPPING),
          Role.ACTIVE, Set.of(Role.STOPPING),
          Role.STOPPING, Set.of(Role.STANDBY, Role.FROZEN, Role.STARTING),
          Role.DETACHED, Set.of());

  /** Blocks that only a person lifts once everything works. */
  private static final Set<Rule> WAITS_FOR_PERSON =
      Set.of(Rule.UNWILLING, Rule.NO_GENERATION, Rule.DR_BY_HAND);

  private final World world;
  private final Map<NodeName, Durable> remembered = new HashMap<>();
  private final Map<Term, Content> released = new HashMap<>();
  private final Map<NodeName, Content> taken = new HashMap<>();
  private final Map<Long, Daemon> unanswered = new HashMap<>();
  private final Set<Rule> rulesSeen = new HashSet<>();
  private boolean healed;
  private long healedAtNanos;

  Checks(World world) {
    this.world = world;
  }

  boolean isHealed() {
    return healed;
  }

  void healed() {
    healed = true;
    healedAtNanos = world.nowNanos();
  }

  Set<Rule> rulesSeen() {
    return rulesSeen;
  }

  /** The disk of this machine is gone: what it knew of terms does not count any more. */
  void forgets(Machine machine) {
    remembered.remove(machine.name());
  }

  void asked(Daemon daemon, long operation, Request request) {
    unanswered.put(operation, daemon);
    world.tell("operator", () -> operation + ": " + request);
  }

  void answered(Machine machine, long operation, Reply reply) {
    world.tell(machine.name().value(), () -> "answers " + operation + ": " + reply);
    switch (reply) {
      case Reply.Underway _ -> {}
      case Reply.Done _, Reply.Refused _, Reply.Failed _ -> unanswered.remove(operation);
    }
  }

  void stepped(Machine machine, State before, Input input, Step step) {
    rulesSeen.add(step.rule());
    State after = step.next();
    termsOnlyGrow(machine, after.durable());
    explained(machine, before, input, step);
    if (before.role() == Role.STOPPING && step.rule() == Rule.RELEASED) {
      releasedAt(machine, step);
    }
    if (before.role() != Role.STARTING && after.role() == Role.STARTING) {
      takenUp(machine, step);
    }
    if (before.role() != Role.ACTIVE && after.role() == Role.ACTIVE) {
      wholeGeneration(machine, after);
    }
  }

  private void termsOnlyGrow(Machine machine, Durable now) {
    Durable earlier = remembered.put(machine.name(), now);
    if (earlier != null
        && (earlier.term().isAfter(now.term()) || earlier.reign().isAfter(now.reign()))) {
      throw new Violation("TermsOnlyGrow", machine.name() + " went from " + earlier + " to " + now);
    }
  }

  private void explained(Machine machine, State before, Input input, Step step) {
    Role from = before.role();
    Role to = step.next().role();
    if (from != to) {
      if (!ROLE_EDGES.getOrDefault(from, Set.of()).contains(to)) {
        throw new Violation("LegalRoles", machine.name() + " went from " + from + " to " + to);
      }
      if (step.rule() == Rule.NOTHING || step.evidence().isEmpty()) {
        throw new Violation(
            "Explained", machine.name() + ": " + from + " to " + to + " without a reason");
      }
    }
    if (input instanceof Input.Tick
        && step.rule() == Rule.NOTHING
        && isHeldBackUnsaid(step.next())) {
      throw new Violation("Explained", machine.name() + " suspects, waits and does not say why");
    }
  }

  private boolean isHeldBackUnsaid(State state) {
    return switch (state.situation()) {
      case Situation.Standby(Watch watch) -> isHeldBackUnsaid(state, watch);
      case Situation.Frozen(_, Watch watch) -> isHeldBackUnsaid(state, watch);
      case Situation.Starting _,
          Situation.Active _,
          Situation.Stopping _,
          Situation.Witnessing _,
          Situation.Detached _ ->
          false;
    };
  }

  private boolean isHeldBackUnsaid(State state, Watch watch) {
    Duration limit = world.setup.timing().primaryTimeout().multipliedBy(2);
    return watch.suspectedAt().isPresent()
        && watch.suspectedAt().get().until(state.view().lastInput()).compareTo(limit) > 0
        && watch.blockedBy().isEmpty()
        && watch.approval().isEmpty();
  }

  private void releasedAt(Machine machine, Step step) {
    if (machine.serviceRuns()) {
      throw new Violation("OneActive", machine.name() + " releases while its service runs");
    }
    if (step.evidence().getFirst().startsWith("both hold")) {
      released.put(step.next().durable().term(), machine.content());
    }
  }

  private void takenUp(Machine machine, Step step) {
    taken.remove(machine.name());
    Content promised = released.get(step.next().durable().reign());
    if (step.rule() == Rule.OFFERED && promised != null) {
      taken.put(machine.name(), promised);
    }
  }

  private void wholeGeneration(Machine machine, State state) {
    if (!machine.isWhole() || !state.view().data().isWhole()) {
      throw new Violation("WholeGeneration", machine.name() + " serves on " + state.view().data());
    }
    Content promised = taken.remove(machine.name());
    if (promised != null && promised.chain() != machine.content().chain()) {
      throw new Violation(
          "NothingLostInSwitchover",
          "released " + promised.head() + ", served " + machine.content().head());
    }
  }

  void afterEvent() {
    int serving = 0;
    for (Machine machine : world.machines) {
      serving += machine.isServing() ? 1 : 0;
    }
    if (serving > 1 && !isBeyondPromise()) {
      throw new Violation("OneActive", serving + " nodes serve");
    }
  }

  private boolean isBeyondPromise() {
    long settled = world.setup.timing().primaryTimeout().multipliedBy(4).toNanos();
    return world.setup.beyondPromise() && (!healed || world.nowNanos() - healedAtNanos < settled);
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
    List<Machine> serving = world.machines.stream().filter(Machine::isServing).toList();
    if (serving.isEmpty() && !waitsForPerson()) {
      throw new Violation("NoStuckState", "nobody serves: " + situations());
    }
    unanswered.values().removeIf(daemon -> !daemon.isAlive());
    if (!unanswered.isEmpty()) {
      throw new Violation(
          "Explained", "operations " + unanswered.keySet() + " have no end: " + situations());
    }
    if (!serving.isEmpty() && world.setup.hasData()) {
      world.machines.stream().filter(m -> !serving.contains(m)).forEach(this::follows);
    }
  }

  private void follows(Machine machine) {
    State state = machine.daemon().orElseThrow().state();
    boolean fresh =
        state.view().data() instanceof Standing.Complete(_, var freshAt)
            && freshAt.until(machine.now()).compareTo(Duration.ofSeconds(10)) < 0;
    if (!fresh) {
      throw new Violation(
          "NoStuckState", machine.name() + " does not follow: " + state.view().data());
    }
  }

  private boolean waitsForPerson() {
    return world.machines.stream()
        .filter(m -> world.setup.nodes().get(m.name()) != Designation.DR)
        .flatMap(m -> m.daemon().stream())
        .map(daemon -> blockedBy(daemon.state().situation()))
        .anyMatch(rules -> rules.stream().anyMatch(WAITS_FOR_PERSON::contains));
  }

  private static List<Rule> blockedBy(Situation situation) {
    return switch (situation) {
      case Situation.Standby(Watch watch) -> watch.blockedBy();
      case Situation.Frozen(_, Watch watch) -> watch.blockedBy();
      case Situation.Starting _,
          Situation.Active _,
          Situation.Stopping _,
          Situation.Witnessing _,
          Situation.Detached _ ->
          List.of();
    };
  }

  private String situations() {
    return world.machines.stream()
        .flatMap(m -> m.daemon().stream())
        .map(d -> d.failover().policy().self() + " " + d.state())
        .toList()
        .toString();
  }
}
