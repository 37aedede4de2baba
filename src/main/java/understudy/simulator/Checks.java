package understudy.simulator;

import java.time.Duration;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import understudy.failover.Designation;
import understudy.failover.Durable;
import understudy.failover.Effect;
import understudy.failover.Effect.Reply;
import understudy.failover.Heartbeat;
import understudy.failover.Heartbeat.Stage;
import understudy.failover.Input;
import understudy.failover.NodeName;
import understudy.failover.OnFailure;
import understudy.failover.Request;
import understudy.failover.Role;
import understudy.failover.Rule;
import understudy.failover.Situation;
import understudy.failover.Situation.StopCause;
import understudy.failover.Standing;
import understudy.failover.State;
import understudy.failover.Step;
import understudy.failover.Term;
import understudy.failover.View;
import understudy.failover.Watch;
import understudy.time.Moment;

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

  /** Blocks that only a person lifts once everything works. */
  private static final Set<Rule> WAITS_FOR_PERSON =
      Set.of(Rule.UNWILLING, Rule.NO_GENERATION, Rule.DR_BY_HAND);

  private static final Durable.Vote NO_VOTE = new Durable.Vote(Term.NONE, Optional.empty());

  /** What clocks may differ by in the time that a loss is measured over. */
  private static final Duration CLOCK_ALLOWANCE = Duration.ofSeconds(2);

  private final World world;

  /** What is suspected for longer is explained. */
  private final Duration suspicionSaidWithin;

  /** Two that went beyond the promise have met within this once everything is healed. */
  private final Duration settledWithin;

  private final Duration leaseElsewhere;

  /** What each machine has on disk; absent: it never had anything, or has lost it. */
  private final Map<Machine, Durable> remembered = new HashMap<>();

  private final Map<Term, Content> released = new HashMap<>();
  private final Map<Machine, Content> taken = new HashMap<>();
  private final Map<Long, Daemon> unanswered = new HashMap<>();
  private final Map<Machine, Map<Term, NodeName>> votes = new HashMap<>();
  private final Set<Rule> rulesSeen = EnumSet.noneOf(Rule.class);
  private long steps;
  private long told;
  private boolean healed;
  private long healedAtNanos;

  Checks(World world) {
    this.world = world;
    Duration primaryTimeout = world.setup.timing().primaryTimeout();
    this.suspicionSaidWithin = primaryTimeout.multipliedBy(2);
    this.settledWithin = primaryTimeout.multipliedBy(4);
    this.leaseElsewhere = world.setup.timing().leaseElsewhere();
  }

  boolean isHealed() {
    return healed;
  }

  /** Decisions checked. */
  long steps() {
    return steps;
  }

  /** How often something was worth telling, or was remembered. */
  long told() {
    return told;
  }

  void stormy() {
    healed = false;
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
    remembered.remove(machine);
    // A vote that no majority was made with may be given again: nobody else has heard of it.
    votes.remove(machine);
  }

  /** What only this machine had must be somewhere still. */
  void replaced(Machine machine, Content before, Content now) {
    if (!now.has(before) && machine.salvaged().stream().noneMatch(kept -> kept.has(before))) {
      throw new Violation(
          "NothingDiscarded", machine.name() + " overwrote " + before + " with " + now);
    }
  }

  void asked(Daemon daemon, long operation, Request request) {
    unanswered.put(operation, daemon);
    world.tell(
        daemon.machine().label(), () -> "is asked (" + operation + "): " + Words.of(request));
  }

  void answered(Machine machine, long operation, Reply reply) {
    world.tell(machine.label(), () -> "answers (" + operation + "): " + Words.of(reply));
    switch (reply) {
      case Reply.Underway _ -> {}
      case Reply.Done _, Reply.Refused _, Reply.Failed _ -> unanswered.remove(operation);
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
    fenceFirst(machine, step);
    lossGuard(machine, before, step);
    remembers(machine, input, step.next().durable());
    if (Dataset.isSource(before.situation()) || input instanceof Input.DataSettled) {
      machine.freshens();
    }
    if (to == Role.ACTIVE) {
      serves(machine, step.next().durable());
    }
    if (from == Role.STOPPING && step.rule() == Rule.RELEASED) {
      releasedAt(machine, step);
    }
    if (from != to) {
      roleChanged(machine, to, step);
    }
  }

  private static void remembers(Machine machine, Input input, Durable durable) {
    if (!machine.isDiskFull()
        && input instanceof Input.Heard(_, Heartbeat heard)
        && heard.served().isAfter(durable.knownServed())) {
      throw new Violation(
          "LossGuard", machine.name() + " does not remember that " + heard.from() + " served");
    }
  }

  private static void serves(Machine machine, Durable durable) {
    if (!durable.served().equals(durable.reign())) {
      throw new Violation(
          "LossGuard", machine.name() + " serves and does not remember it: " + durable);
    }
    machine.serves(durable.reign());
  }

  private void roleChanged(Machine machine, Role to, Step step) {
    if (to == Role.STARTING) {
      takenUp(machine, step);
    }
    oneMandate();
    if (to == Role.ACTIVE) {
      wholeGeneration(machine, step.next());
    }
  }

  /** What is on disk from now on, or is found there. */
  void saved(Machine machine, Durable now) {
    Durable earlier = remembered.get(machine);
    remembered.put(machine, now);
    oneVote(machine, now);
    if (earlier != null
        && (earlier.term().isAfter(now.term()) || earlier.reign().isAfter(now.reign()))) {
      throw new Violation("TermsOnlyGrow", machine.name() + " went from " + earlier + " to " + now);
    }
  }

  private static void legalRoles(Machine machine, Role from, Role to, Step step) {
    if (!ROLE_EDGES.getOrDefault(from, Set.of()).contains(to)) {
      throw new Violation("LegalRoles", machine.name() + " went from " + from + " to " + to);
    }
    if (step.rule() == Rule.NOTHING || step.evidence().isEmpty()) {
      throw new Violation(
          "Explained", machine.name() + ": " + from + " to " + to + " without a reason");
    }
  }

  private void explained(Machine machine, Input input, Step step) {
    if (input instanceof Input.Tick
        && step.rule() == Rule.NOTHING
        && !machine.isDiskFull()
        && isHeldBackUnsaid(step.next())) {
      throw new Violation("Explained", machine.name() + " suspects, waits and does not say why");
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

  private void releasedAt(Machine machine, Step step) {
    if (machine.serviceRuns()) {
      throw new Violation("OneActive", machine.name() + " releases while its service runs");
    }
    Term term = step.next().durable().term();
    if (step.evidence().getFirst().startsWith("both hold")) {
      released.put(term, machine.content());
    } else {
      released.remove(term); // disks that were lost may bring a term twice
    }
  }

  private void takenUp(Machine machine, Step step) {
    taken.remove(machine);
    Content promised = released.get(offeredTo(machine, step.next().view()));
    if (step.rule() == Rule.OFFERED && promised != null) {
      taken.put(machine, promised);
    }
  }

  private static Term offeredTo(Machine machine, View view) {
    return view.peers().values().stream()
        .flatMap(sighting -> sighting.last().stream())
        .flatMap(heartbeat -> heartbeat.handover().stream())
        .filter(offer -> offer.stage() == Stage.RELEASED && offer.to().equals(machine.name()))
        .map(Heartbeat.Handover::term)
        .max(Comparator.naturalOrder())
        .orElse(Term.NONE);
  }

  private void wholeGeneration(Machine machine, State state) {
    if (!machine.isWhole() || !state.view().data().isWhole()) {
      throw new Violation("WholeGeneration", machine.name() + " serves on " + state.view().data());
    }
    Content promised = taken.remove(machine);
    if (promised != null && !promised.isSameAs(machine.content())) {
      throw new Violation(
          "NothingLostInSwitchover",
          "released " + promised.head() + ", served " + machine.content().head());
    }
  }

  void afterEvent() {
    int serving = 0;
    for (Machine machine : world.nodes()) {
      if (machine.isServing()) {
        serving++;
        kernelEnforced(machine);
      }
    }
    if (serving > 1 && !isBeyondPromise()) {
      throw new Violation("OneActive", serving + " nodes serve");
    }
  }

  /** Nothing that a daemon held up outlives a lease without it. */
  private void kernelEnforced(Machine machine) {
    boolean turns = machine.daemon().filter(daemon -> !daemon.isPaused()).isPresent();
    long idleNanos = world.livedNanos() - machine.idleSinceNanos();
    if (!turns && idleNanos > leaseElsewhere.toNanos()) {
      throw new Violation(
          "KernelEnforced", machine.name() + " serves without a daemon for " + idleNanos + " ns");
    }
  }

  /** Whoever held the mandate before has stopped when another starts its service. */
  private void fenceFirst(Machine machine, Step step) {
    if (!starts(step) || isBeyondPromise()) {
      return;
    }
    for (Machine other : world.nodes()) {
      if (other != machine && other.letsThrough()) {
        throw new Violation(
            "FenceFirst", machine.name() + " starts while clients get through to " + other.name());
      }
    }
  }

  private static boolean starts(Step step) {
    for (Effect effect : step.effects()) {
      if (effect instanceof Effect.StartResources) {
        return true;
      }
    }
    return false;
  }

  /** No two mandates at one instant of true time, used or not. */
  private void oneMandate() {
    if (!world.setup.mandates().areGranted()) {
      return;
    }
    List<NodeName> holders =
        world.nodes().stream().filter(Checks::holds).map(Machine::name).toList();
    if (holders.size() > 1) {
      throw new Violation("OneActive", holders + " hold mandates at once");
    }
  }

  private static boolean holds(Machine machine) {
    Optional<Moment> until =
        machine.daemon().flatMap(daemon -> mandateUntil(daemon.state().situation()));
    return until.filter(moment -> machine.now().isBefore(moment)).isPresent();
  }

  private static Optional<Moment> mandateUntil(Situation situation) {
    return switch (situation) {
      case Situation.Starting starting -> Optional.of(starting.mandateUntil());
      case Situation.Active active -> Optional.of(active.mandateUntil());
      case Situation.Stopping(StopCause.HandingOver handing, _) ->
          Optional.of(handing.mandateUntil());
      case Situation.Stopping _,
          Situation.Standby _,
          Situation.Frozen _,
          Situation.Witnessing _,
          Situation.Detached _ ->
          Optional.empty();
    };
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
          "OneVote",
          machine.name() + " votes for " + earlier + " and " + to + " in term " + vote.term());
    }
  }

  private void lossGuard(Machine machine, State before, Step step) {
    Durable known = before.durable();
    // What it may lose was weighed when it took the latest term, or a person forced it to.
    Term weighed = known.reignedLast() ? known.reign() : known.served();
    if (step.rule() == Rule.TAKES_OVER) {
      personDecides(machine, "a silent node");
      // With peer, one that boots alone cannot know of a later reign.
      boolean canKnow = world.setup.mandates() != Mandates.PEER || !known.reignedLast();
      if (canKnow && !isBeyondPromise()) {
        // Who is cut off serves for a lease beyond its last word.
        Duration unseen = world.setup.timing().lease();
        servedAfter(weighed, machine, known).forEach(o -> losesLittle(machine, o, unseen));
      }
    } else if (step.rule() == Rule.NOBODY_SERVES) {
      servedAfter(weighed, machine, known).forEach(o -> losesLittle(machine, o, Duration.ZERO));
      servedAfter(known.served(), machine, known)
          .max(Comparator.comparing(Machine::servedIn))
          .filter(last -> !last.wasDemoted() && !hasForgotten(last))
          .ifPresent(last -> personDecides(machine, last.name().value()));
    }
  }

  /** Those that did beside {@code machine}; of a disk that is gone, as far as this one knows. */
  private Stream<Machine> servedAfter(Term since, Machine machine, Durable known) {
    return world.nodes().stream()
        .filter(other -> other != machine && other.servedIn().isAfter(since))
        .filter(other -> !hasForgotten(other) || !other.servedIn().isAfter(known.knownServed()));
  }

  private static boolean hasForgotten(Machine machine) {
    return machine.servedIn().isAfter(machine.remembered().served());
  }

  private void personDecides(Machine machine, String replaced) {
    if (world.setup.onFailure() != OnFailure.PROMOTE) {
      throw new Violation(
          "LossGuard",
          machine.name() + " replaces " + replaced + " unasked: " + world.setup.onFailure());
    }
  }

  private void losesLittle(Machine machine, Machine other, Duration unseen) {
    Optional<Duration> allowed = world.setup.maxLoss();
    if (allowed.isEmpty() || !world.setup.hasData()) {
      return;
    }
    Duration lost = Duration.ofNanos(other.servedUntilNanos() - machine.copiedAtNanos());
    if (lost.compareTo(allowed.get().plus(unseen).plus(CLOCK_ALLOWANCE)) > 0) {
      throw new Violation("LossGuard", machine.name() + " takes over and may lose " + lost);
    }
  }

  private boolean isBeyondPromise() {
    return world.setup.beyondPromise()
        && !world.setup.mandates().areGranted()
        && (!healed || world.nowNanos() - healedAtNanos < settledWithin.toNanos());
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
      throw new Violation("NoStuckState", "still under way: " + situations());
    }
    if (serving.isEmpty() && !waitsForPerson()) {
      throw new Violation("NoStuckState", "nobody serves: " + situations());
    }
    unanswered.values().removeIf(daemon -> !daemon.isAlive());
    if (!unanswered.isEmpty()) {
      throw new Violation(
          "Explained", "operations " + unanswered.keySet() + " have no end: " + situations());
    }
    if (!serving.isEmpty() && world.setup.hasData()) {
      world.nodes().stream().filter(m -> !serving.contains(m)).forEach(this::follows);
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

  private boolean isAnyUnderWay() {
    return world.nodes().stream()
        .flatMap(m -> m.daemon().stream())
        .map(daemon -> daemon.state().role())
        .anyMatch(role -> role == Role.STARTING || role == Role.STOPPING);
  }

  /** Every node that could serve by itself does, or lets one go first that does. */
  private boolean waitsForPerson() {
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
                        || blockedBy(state.situation()).contains(Rule.OTHER_FIRST));
  }

  private boolean waitsForPerson(State state) {
    return blockedBy(state.situation()).stream().anyMatch(WAITS_FOR_PERSON::contains)
        || asksToReplaceLast(state);
  }

  /**
   * Who served last does not rise by itself, as it was demoted, is for disasters or has lost its
   * disk: to replace it is a failover.
   */
  private boolean asksToReplaceLast(State state) {
    return state.situation().watching().filter(Watch::asksPerson).isPresent()
        && world.nodes().stream()
            .filter(m -> m.servedIn().isAfter(state.durable().served()))
            .anyMatch(m -> isByHand(m) || hasForgotten(m));
  }

  private boolean isByHand(Machine machine) {
    return world.setup.nodes().get(machine.name()) == Designation.DR || machine.wasDemoted();
  }

  static List<Rule> blockedBy(Situation situation) {
    return situation.watching().map(Watch::blockedBy).orElse(List.of());
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
                        blockedBy(d.state().situation())))
        .collect(Collectors.joining("; "));
  }
}
