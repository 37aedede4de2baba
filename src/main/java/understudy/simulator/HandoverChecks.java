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
 * NothingLostInSwitchover and WholeGeneration: what a node serves is whole, and what it was
 * offered.
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
}
