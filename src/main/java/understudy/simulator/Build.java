package understudy.simulator;

import java.util.function.UnaryOperator;
import understudy.failover.Arbiter;
import understudy.failover.Durable;
import understudy.failover.Step;

/**
 * What runs on the simulated machines. Anything but {@link #shipped} is broken on purpose, to prove
 * that the checks see it.
 *
 * @param arbiter changes what judges claims on every node
 * @param step changes what the core decided
 * @param ordersHeartbeats drops heartbeats older than the newest heard from their sender
 * @param gateLapses the kernel shuts the gate at its deadline without the daemon
 * @param remembered what a restart finds of what was saved
 * @param salvages what a copy overwrites and does not contain is kept
 * @param knowsWholeness a node without a complete generation says so
 * @param guardsLoss the configured max-loss reaches the rules
 */
record Build(
    UnaryOperator<Arbiter> arbiter,
    UnaryOperator<Step> step,
    boolean ordersHeartbeats,
    boolean gateLapses,
    UnaryOperator<Durable> remembered,
    boolean salvages,
    boolean knowsWholeness,
    boolean guardsLoss) {

  static Build shipped() {
    return new Build(
        arbiter -> arbiter, step -> step, true, true, durable -> durable, true, true, true);
  }

  Build withArbiter(UnaryOperator<Arbiter> other) {
    return new Build(
        other,
        step,
        ordersHeartbeats,
        gateLapses,
        remembered,
        salvages,
        knowsWholeness,
        guardsLoss);
  }

  Build withStep(UnaryOperator<Step> other) {
    return new Build(
        arbiter,
        other,
        ordersHeartbeats,
        gateLapses,
        remembered,
        salvages,
        knowsWholeness,
        guardsLoss);
  }

  Build withoutOrder() {
    return new Build(
        arbiter, step, false, gateLapses, remembered, salvages, knowsWholeness, guardsLoss);
  }

  Build withoutLapse() {
    return new Build(
        arbiter, step, ordersHeartbeats, false, remembered, salvages, knowsWholeness, guardsLoss);
  }

  Build withMemory(UnaryOperator<Durable> other) {
    return new Build(
        arbiter, step, ordersHeartbeats, gateLapses, other, salvages, knowsWholeness, guardsLoss);
  }

  Build withoutSalvage() {
    return new Build(
        arbiter, step, ordersHeartbeats, gateLapses, remembered, false, knowsWholeness, guardsLoss);
  }

  Build withoutWholeness() {
    return new Build(
        arbiter, step, ordersHeartbeats, gateLapses, remembered, salvages, false, guardsLoss);
  }

  Build withoutLossGuard() {
    return new Build(
        arbiter, step, ordersHeartbeats, gateLapses, remembered, salvages, knowsWholeness, false);
  }
}
