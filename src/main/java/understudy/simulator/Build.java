package understudy.simulator;

import java.util.function.UnaryOperator;
import understudy.failover.Arbiter;
import understudy.failover.Step;
import understudy.failover.arbiter.PeerArbiter;

/**
 * What runs on the simulated machines. Anything but {@link #shipped} is broken on purpose, to prove
 * that the checks see it.
 *
 * @param arbiter judges claims on every node
 * @param step changes what the core decided
 * @param ordersHeartbeats drops heartbeats older than the newest heard from their sender
 * @param gateLapses the kernel shuts the gate at its deadline without the daemon
 * @param remembers what was saved is there after a restart
 * @param salvages what a copy overwrites and does not contain is kept
 */
record Build(
    Arbiter arbiter,
    UnaryOperator<Step> step,
    boolean ordersHeartbeats,
    boolean gateLapses,
    boolean remembers,
    boolean salvages) {

  static Build shipped() {
    return new Build(new PeerArbiter(), step -> step, true, true, true, true);
  }

  Build withArbiter(Arbiter other) {
    return new Build(other, step, ordersHeartbeats, gateLapses, remembers, salvages);
  }

  Build withStep(UnaryOperator<Step> other) {
    return new Build(arbiter, other, ordersHeartbeats, gateLapses, remembers, salvages);
  }

  Build withoutOrder() {
    return new Build(arbiter, step, false, gateLapses, remembers, salvages);
  }

  Build withoutLapse() {
    return new Build(arbiter, step, ordersHeartbeats, false, remembers, salvages);
  }

  Build withoutMemory() {
    return new Build(arbiter, step, ordersHeartbeats, gateLapses, false, salvages);
  }

  Build withoutSalvage() {
    return new Build(arbiter, step, ordersHeartbeats, gateLapses, remembers, false);
  }
}
