package understudy.simulator;

import java.util.Locale;

/** What may befall a simulated cluster; {@code weight} says how often beside the others. */
enum Fault {
  KILL(2, "the daemon is killed"),
  POWER(2, "a machine loses power, and the service what it had not forced to disk"),
  CRASH(2, "the daemon dies in the middle of a decision, before or after it was saved"),
  PAUSE(4, "the daemon does not run for a while: garbage collection, SIGSTOP, a paused machine"),
  ISOLATE(4, "a machine is cut off from everything"),
  LOSS(2, "messages are lost, and twice there"),
  SLOW(2, "messages come late and out of order"),
  CUT(2, "the path between two nodes breaks, in one or both directions"),
  PARTITION(2, "nodes, witnesses and store fall apart into groups, or some directions break"),
  STORE(2, "the store of the lease arbiter is down or slow"),
  UNFIT(2, "a resource of the machine is not in order"),
  DISK_LOST(1, "a machine comes back with an empty disk"),
  DISK_FULL(2, "the state cannot be saved"),
  FUTURE(1, "a machine comes back with a term far beyond all others"),
  UPGRADE(1, "a daemon comes back as another release"),
  CLOCK(2, "a wall clock jumps, or a monotonic one changes its rate within the allowed drift");

  private final int weight;
  private final String sentence;

  Fault(int weight, String sentence) {
    this.weight = weight;
    this.sentence = sentence;
  }

  int weight() {
    return weight;
  }

  String sentence() {
    return sentence;
  }

  String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
