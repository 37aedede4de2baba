package understudy.simulator;

import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import understudy.failover.Durable;
import understudy.failover.Effect.Reply;
import understudy.failover.Input;
import understudy.failover.NodeName;
import understudy.failover.Request;
import understudy.failover.Role;
import understudy.failover.Rule;
import understudy.failover.Situation;
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
          Role.DETACHED, Set.of(),
          Role.WITNESS, Set.of());

  private static final Durable.Vote NO_VOTE = new Durable.Vote(Term.NONE, Optional.empty());

  private final World world;
  private final MandateChecks mandates;
  private final LossChecks losses;
  private final HandoverChecks handovers = new HandoverChecks();
  private final RestChecks rest;

  /** What is suspected for longer is explained. */
  private final Duration suspicionSaidWithin;

  /** What each machine has on disk; absent: it never had anything, or has lost it. */
  private final Map<Machine, Durable> remembered = new HashMap<>();

  private final Map<Machine, Map<Term, NodeName>> votes = new HashMap<>();
  private final Set<Rule> rulesSeen = EnumSet.noneOf(Rule.class);
  private long steps;
  private long told;

  Checks(World world) {
    this.world = world;
    this.suspicionSaidWithin = world.setup.timing().primaryTimeout().multipliedBy(2);
    this.mandates = new MandateChecks(world);
    this.losses = new LossChecks(world);
    this.rest = new RestChecks(world);
  }

  /** Decisions checked. */
  long steps() {
    return steps;
  }

  /** How often something was worth telling, or was remembered. */
  long told() {
    return told;
  }

  Set<Rule> rulesSeen() {
    return rulesSeen;
  }

  /** The disk of this machine is gone: what it knew of terms does not count any more. */
  void forgets(Machine machine) {
    remembered.remove(machine);
    // A vote that no majority was made with may be given again: nobody else has heard of it.
    votes.remove(machine);
  }

  /** What only this machine had must be somewhere still. */
  void replaced(Machine machine, Content before, Content now) {
    if (!now.has(before) && machine.salvaged().stream().noneMatch(kept -> kept.has(before))) {
      throw new Violation(
          Promise.NOTHING_DISCARDED, machine.name() + " overwrote " + before + " with " + now);
    }
  }

  void asked(Daemon daemon, long operation, Request request) {
    rest.asked(daemon, operation);
    world.tell(
        daemon.machine().label(), () -> "is asked (" + operation + "): " + Words.of(request));
  }

  void answered(Machine machine, long operation, Reply reply) {
    world.tell(machine.label(), () -> "answers (" + operation + "): " + Words.of(reply));
    switch (reply) {
      case Reply.Underway _ -> {}
      case Reply.Done _, Reply.Refused _, Reply.Failed _ -> rest.answered(operation);
    }
  }

  void stepped(Machine machine, State before, Input input, Step step) {
    steps++;
    if (step.rule() != Rule.NOTHING || !before.durable().equals(step.next().durable())) {
      told++;
    }
    rulesSeen.add(step.rule());
    Role from = before.role();
    Role to = step.next().role();
    if (from != to) {
      legalRoles(machine, from, to, step);
    }
    explained(machine, input, step);
    mandates.stepped(machine, before, step);
    losses.stepped(machine, before, input, step);
    handovers.stepped(machine, before, step);
  }

  void afterEvent() {
    mandates.afterEvent();
  }

  /** Nothing is open any more, so waiting longer would show nothing new. */
  boolean isAtRest() {
    return rest.isAtRest();
  }

  /** Long after everything was healed. */
  void atRest() {
    rest.atRest();
  }

  /** What is on disk from now on, or is found there. */
  void saved(Machine machine, Durable now) {
    Durable earlier = remembered.get(machine);
    remembered.put(machine, now);
    oneVote(machine, now);
    if (earlier != null
        && (earlier.term().isAfter(now.term()) || earlier.reign().isAfter(now.reign()))) {
      throw new Violation(
          Promise.TERMS_ONLY_GROW, machine.name() + " went from " + earlier + " to " + now);
    }
  }

  /** One vote in a term, also across restarts and lost disks. */
  private void oneVote(Machine machine, Durable now) {
    Durable.Vote vote = now.vote().orElse(NO_VOTE);
    if (vote.to().isEmpty()) {
      return;
    }
    NodeName to = vote.to().get();
    NodeName earlier = votes.computeIfAbsent(machine, _ -> new HashMap<>()).put(vote.term(), to);
    if (earlier != null && !earlier.equals(to)) {
      throw new Violation(
          Promise.ONE_VOTE,
          machine.name() + " votes for " + earlier + " and " + to + " in term " + vote.term());
    }
  }

  private static void legalRoles(Machine machine, Role from, Role to, Step step) {
    if (!ROLE_EDGES.getOrDefault(from, Set.of()).contains(to)) {
      throw new Violation(Promise.EXPLAINED, machine.name() + " went from " + from + " to " + to);
    }
    if (step.rule() == Rule.NOTHING || step.evidence().isEmpty()) {
      throw new Violation(
          Promise.EXPLAINED, machine.name() + ": " + from + " to " + to + " without a reason");
    }
  }

  private void explained(Machine machine, Input input, Step step) {
    if (input instanceof Input.Tick
        && step.rule() == Rule.NOTHING
        && !machine.isDiskFull()
        && isHeldBackUnsaid(step.next())) {
      throw new Violation(
          Promise.EXPLAINED, machine.name() + " suspects, waits and does not say why");
    }
  }

  private boolean isHeldBackUnsaid(State state) {
    return state.situation().watching().filter(watch -> isHeldBackUnsaid(state, watch)).isPresent();
  }

  private boolean isHeldBackUnsaid(State state, Watch watch) {
    return watch.suspectedAt().isPresent()
        && watch.blockedBy().isEmpty()
        && watch.approval().isEmpty()
        && watch.suspectedAt().get().until(state.view().lastInput()).compareTo(suspicionSaidWithin)
            > 0;
  }

  static List<Rule> blockedBy(Situation situation) {
    return situation.watching().map(Watch::blockedBy).orElse(List.of());
  }
}
