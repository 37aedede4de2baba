package understudy.simulator;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import understudy.failover.NodeName;

/** One cluster with all that surrounds it, in one thread, under a clock of its own. */
final class World {
  final Chance chance;
  final Setup setup;
  final Build build;
  final Network network;
  final Store store;

  /** Nodes and witnesses. */
  final List<Machine> machines = new ArrayList<>();

  private final List<Machine> nodes = new ArrayList<>();
  final Storm storm;
  final Checks checks;
  final Trace trace;
  private final Agenda agenda = new Agenda();
  private long nowNanos;
  private long skippedNanos;
  private long numbered;
  private long operations;

  World(Chance chance, Setup setup, Build build, Trace trace) {
    this.chance = chance;
    this.setup = setup;
    this.build = build;
    this.trace = trace;
    this.network = new Network(this);
    this.store = new Store(this);
    this.storm = new Storm(this);
    this.checks = new Checks(this);
    setup.nodes().keySet().forEach(name -> machines.add(new Machine(this, name)));
    machines.stream().filter(machine -> !machine.isWitness()).forEach(nodes::add);
  }

  /** Those that can serve. */
  List<Machine> nodes() {
    return nodes;
  }

  /** Somebody copies a machine as it is now, and has not switched on the copy yet. */
  void copy(Machine original) {
    Machine copy = original.copy();
    machines.add(copy);
    if (!copy.isWitness()) {
      nodes.add(copy);
    }
    copy.start();
  }

  /** Everything is healed: within a bound somebody serves and everybody follows. */
  void comeToRest() {
    Duration primaryTimeout = setup.timing().primaryTimeout();
    runFor(primaryTimeout.multipliedBy(4));
    long latest = nowNanos + setup.convergence().toNanos();
    boolean rested = false;
    while (nowNanos < latest && !(rested && checks.isAtRest())) {
      rested = checks.isAtRest();
      runFor(primaryTimeout);
    }
    checks.atRest();
  }

  void runFor(Duration duration) {
    long end = nowNanos + duration.toNanos();
    while (agenda.nextNanos() <= end) {
      nowNanos = agenda.nextNanos();
      agenda.remove().run();
      checks.afterEvent();
    }
    nowNanos = end;
  }

  /**
   * All clocks and everything that is under way move on together: a cluster at rest cannot tell, as
   * it compares moments of one clock with each other and nothing else.
   */
  void skipTo(long end) {
    long gap = end - nowNanos;
    if (gap > 0) {
      tell("world", () -> "nothing happens for " + Duration.ofNanos(gap).toSeconds() + " s");
      agenda.postpone(gap);
      nowNanos = end;
      skippedNanos += gap;
      machines.forEach(machine -> machine.skip(gap));
    }
  }

  void after(Duration delay, Runnable deed) {
    agenda.add(nowNanos + delay.toNanos(), ++numbered, deed);
  }

  /** How much of the time until now was jumped over. */
  long skippedNanos() {
    return skippedNanos;
  }

  /** Time that was stepped through: what was jumped over does not count. */
  long livedNanos() {
    return nowNanos - skippedNanos;
  }

  long nowNanos() {
    return nowNanos;
  }

  /** Grows with every call. */
  long number() {
    return ++numbered;
  }

  /** Numbers the wishes of operators from one on. */
  long operation() {
    return ++operations;
  }

  Machine machine(NodeName name) {
    for (Machine machine : machines) {
      if (machine.name().equals(name)) {
        return machine;
      }
    }
    throw new IllegalArgumentException("there is no machine " + name);
  }

  void tell(String who, Supplier<String> what) {
    trace.tell(nowNanos, who, what);
  }
}
