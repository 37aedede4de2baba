package understudy.simulator;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import understudy.failover.Effect;
import understudy.failover.NodeName;
import understudy.failover.Situation;
import understudy.failover.Situation.StopCause;
import understudy.failover.State;
import understudy.failover.Step;
import understudy.time.Moment;

/** OneActive, FenceFirst and KernelEnforced: who may serve, and who does. */
final class MandateChecks {
  private final World world;
  private final Duration leaseElsewhere;

  MandateChecks(World world) {
    this.world = world;
    this.leaseElsewhere = world.setup.timing().leaseElsewhere();
  }

  void stepped(Machine machine, State before, Step step) {
    fenceFirst(machine, step);
    if (before.role() != step.next().role()) {
      oneMandate();
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
    if (serving > 1 && !world.storm.isBeyondPromise()) {
      throw new Violation(Promise.ONE_ACTIVE, serving + " nodes serve");
    }
  }

  /** Nothing that a daemon held up outlives a lease without it. */
  private void kernelEnforced(Machine machine) {
    boolean turns = machine.daemon().filter(daemon -> !daemon.isPaused()).isPresent();
    long idleNanos = world.livedNanos() - machine.idleSinceNanos();
    if (!turns && idleNanos > leaseElsewhere.toNanos()) {
      throw new Violation(
          Promise.KERNEL_ENFORCED,
          machine.name() + " serves without a daemon for " + idleNanos + " ns");
    }
  }

  /** Whoever held the mandate before has stopped when another starts its service. */
  private void fenceFirst(Machine machine, Step step) {
    if (!starts(step) || world.storm.isBeyondPromise()) {
      return;
    }
    for (Machine other : world.nodes()) {
      if (other != machine && other.letsThrough()) {
        throw new Violation(
            Promise.FENCE_FIRST,
            machine.name() + " starts while clients get through to " + other.name());
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
        world.nodes().stream().filter(MandateChecks::holds).map(Machine::name).toList();
    if (holders.size() > 1) {
      throw new Violation(Promise.ONE_ACTIVE, holders + " hold mandates at once");
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
}
