package understudy.simulator;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import java.util.Optional;
import understudy.failover.Request;

/** Somebody who does things at the wrong moment. */
final class Operator {
  private final World world;
  private boolean ended;

  Operator(World world) {
    this.world = world;
  }

  void begin() {
    if (isThere()) {
      world.after(world.chance.between(ofSeconds(1), ofSeconds(10)), this::next);
    }
  }

  /** Takes back what would hold the cluster for ever. */
  void end() {
    ended = true;
    if (!isThere()) {
      return;
    }
    for (Machine machine : world.nodes()) {
      ask(machine, new Request.Resume());
      ask(machine, new Request.Clients(false));
    }
  }

  private boolean isThere() {
    return world.setup.faults().contains(Fault.OPERATOR);
  }

  private void next() {
    if (!ended) {
      ask(world.chance.pick(world.nodes()), wish());
      world.after(world.chance.between(ofMillis(10), ofSeconds(20)), this::next);
    }
  }

  private void ask(Machine machine, Request request) {
    machine.daemon().ifPresent(daemon -> daemon.ask(request));
  }

  private Request wish() {
    Chance chance = world.chance;
    return switch (chance.below(20)) {
      case 0, 1, 2, 3, 4, 5, 6 ->
          new Request.Switchover(chance.happens(0.8), chance.happens(0.2), Optional.empty());
      case 7, 8, 9 ->
          new Request.Promote(
              (world.setup.beyondPromise() || world.setup.mandates().areGranted())
                  && chance.happens(0.5));
      case 10, 11 -> new Request.Demote(chance.happens(0.5));
      case 12 -> new Request.Failback();
      case 13 -> new Request.Pause(Optional.empty(), "maintenance");
      case 14, 15 -> new Request.Resume();
      case 16, 17 -> new Request.Cancel();
      case 18 -> new Request.Clients(chance.happens(0.4));
      default -> new Request.Resolve(Optional.empty());
    };
  }
}
