package understudy.simulator;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import understudy.failover.Heartbeat;
import understudy.failover.Heartbeat.Stage;
import understudy.failover.Role;
import understudy.failover.Rule;
import understudy.failover.State;
import understudy.failover.Step;
import understudy.failover.Term;
import understudy.failover.View;

/**
 * WholeGeneration and NothingDiscarded: what a node serves is whole, and all that it was offered.
 */
final class HandoverChecks {
  private final Map<Term, Content> released = new HashMap<>();
  private final Map<Machine, Content> taken = new HashMap<>();

  void stepped(Machine machine, State before, Step step) {
    Role from = before.role();
    Role to = step.next().role();
    if (from == Role.STOPPING && step.rule() == Rule.RELEASED) {
      releasedAt(machine, step);
    }
    if (from != to && to == Role.STARTING) {
      takenUp(machine, step);
    }
    if (from != to && to == Role.ACTIVE) {
      wholeGeneration(machine, step.next());
    }
  }

  private void releasedAt(Machine machine, Step step) {
    if (machine.serviceRuns()) {
      throw new Violation(Promise.ONE_ACTIVE, machine.name() + " releases while its service runs");
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
      throw new Violation(
          Promise.WHOLE_GENERATION, machine.name() + " serves on " + state.view().data());
    }
    Content promised = taken.remove(machine);
    if (promised != null && !promised.isSameAs(machine.content())) {
      throw new Violation(
          Promise.NOTHING_DISCARDED,
          "released for a switchover was "
              + promised.head()
              + ", served is "
              + machine.content().head());
    }
  }
}
