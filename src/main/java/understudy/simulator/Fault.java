package understudy.simulator;

import java.util.Locale;

/**
 * What may befall a simulated cluster; {@code weight} says how often beside the others. What weighs
 * nothing has times of its own.
 */
enum Fault {
  /** The daemon is killed. */
  KILL(2),
  /** A machine loses power, and the service what it had not forced to disk. */
  POWER(2),
  /** The daemon dies in the middle of a decision, before or after it was saved. */
  CRASH(2),
  /** The daemon does not run for a while: garbage collection, SIGSTOP, a paused machine. */
  PAUSE(4),
  /** A machine is cut off from everything. */
  ISOLATE(4),
  /** Messages are lost, and some come late. */
  LOSS(2),
  /** Messages come late and out of order. */
  SLOW(2),
  /** The path between two nodes breaks, in one or both directions. */
  CUT(2),
  /** Nodes, witnesses and store fall apart into groups, or some directions break. */
  PARTITION(2),
  /** The store of the lease arbiter is down or slow. */
  STORE(2),
  /** A resource of the machine is not in order. */
  UNFIT(2),
  /** A machine comes back with an empty disk. */
  DISK_LOST(1),
  /** The state cannot be saved. */
  DISK_FULL(2),
  /** A machine comes back with a term far beyond all others. */
  FUTURE(1),
  /** A daemon comes back as another release. */
  UPGRADE(1),
  /** A wall clock jumps, or a monotonic one changes its rate within the allowed drift. */
  CLOCK(2),
  /** Messages come twice. */
  DUPLICATE(0),
  /** Resources and syncs fail or hang, in some worlds. */
  TROUBLE(0),
  /** Somebody does things at the wrong moment. */
  OPERATOR(0);

  private final int weight;

  Fault(int weight) {
    this.weight = weight;
  }

  int weight() {
    return weight;
  }

  String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
