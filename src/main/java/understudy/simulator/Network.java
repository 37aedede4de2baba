package understudy.simulator;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import understudy.failover.Heartbeat;
import understudy.failover.NodeName;

/** Carries heartbeats late, twice, out of order or not at all. */
final class Network {
  private static final int KEPT_BY_A_STREAM = 5;

  private final World world;
  private final Set<NodeName> isolated = new HashSet<>();
  private final Set<Path> cut = new HashSet<>();
  private final Set<Path> hidden = new HashSet<>();
  private final Map<Path, Integer> lostInARow = new HashMap<>();
  private final List<Parcel> stuck = new ArrayList<>();
  private boolean gatewayDead;
  private double loss;
  private double slowness;

  /** One direction between two nodes. */
  record Path(NodeName from, NodeName to) {}

  /**
   * A heartbeat on its way.
   *
   * @param addressee the life of {@code to} that it is meant for: a new one has new sessions
   */
  private record Parcel(
      Machine from, Machine to, long number, Heartbeat heartbeat, Optional<Daemon> addressee) {}

  Network(World world) {
    this.world = world;
  }

  void broadcast(Machine from, Heartbeat heartbeat) {
    for (Machine to : world.machines) {
      if (to != from) {
        send(new Parcel(from, to, world.number(), heartbeat, to.daemon()));
      }
    }
  }

  private void send(Parcel parcel) {
    if (!passes(parcel)) {
      // What a TCP stream holds arrives when the path heals.
      stuck.add(parcel);
      if (stuck.size() > KEPT_BY_A_STREAM * world.machines.size()) {
        stuck.removeFirst();
      }
    } else if (!isLost(parcel)) {
      deliverLater(parcel);
      if (world.chance.happens(0.02)) {
        deliverLater(parcel);
      }
    }
  }

  /** Loss stays below total silence: never so many in a row that a peer would be suspected. */
  private boolean isLost(Parcel parcel) {
    if (loss == 0 && lostInARow.isEmpty()) {
      return false;
    }
    var path = new Path(parcel.from().name(), parcel.to().name());
    int already = lostInARow.getOrDefault(path, 0);
    boolean lost =
        loss > 0 && already < world.setup.timing().failures() - 1 && world.chance.happens(loss);
    if (lost) {
      lostInARow.put(path, already + 1);
    } else {
      lostInARow.remove(path);
    }
    return lost;
  }

  private void deliverLater(Parcel parcel) {
    int interval = (int) world.setup.timing().interval().toMillis();
    Duration delay =
        world.chance.happens(slowness)
            ? world.chance.milliseconds(interval / 10, interval)
            : world.chance.milliseconds(0, Math.max(1, interval / 50));
    world.after(delay, () -> deliver(parcel));
  }

  private void deliver(Parcel parcel) {
    Optional<Daemon> addressee = parcel.addressee();
    if (addressee.isPresent() && addressee.get().isAlive() && passes(parcel)) {
      addressee.get().hear(parcel.from(), parcel.number(), parcel.heartbeat());
    }
  }

  private boolean passes(Parcel parcel) {
    return passes(parcel.from().name(), parcel.to().name());
  }

  boolean passes(NodeName from, NodeName to) {
    return isUnharmed() || isOpen(from, to);
  }

  private boolean isUnharmed() {
    return isolated.isEmpty() && cut.isEmpty();
  }

  private boolean isOpen(NodeName from, NodeName to) {
    return !isolated.contains(from) && !isolated.contains(to) && !cut.contains(new Path(from, to));
  }

  boolean seesService(NodeName from, NodeName to) {
    return from.equals(to)
        || (!isolated.contains(from)
            && !isolated.contains(to)
            && !hidden.contains(new Path(from, to))
            && !hidden.contains(new Path(to, from))
            && !losesLook());
  }

  boolean reachesStore(NodeName node) {
    return !isolated.contains(node) && !world.chance.happens(loss * loss);
  }

  boolean isConnected(NodeName node) {
    return !isolated.contains(node) && !gatewayDead;
  }

  /** No connectivity test address answers anybody. */
  void killGateway(boolean dead) {
    gatewayDead = dead;
  }

  /** A look retries within its time, so only now and then it misses what is there. */
  boolean losesLook() {
    return loss > 0 && world.chance.happens(loss * loss * loss);
  }

  void isolate(NodeName node) {
    isolated.add(node);
  }

  void rejoin(NodeName node) {
    isolated.remove(node);
    flush();
  }

  void cut(Path path, boolean hidesService) {
    cut.add(path);
    if (hidesService) {
      hidden.add(path);
    }
  }

  void mend(Path path) {
    cut.remove(path);
    hidden.remove(path);
    flush();
  }

  void trouble(double newLoss, double newSlowness) {
    loss = newLoss;
    slowness = newSlowness;
  }

  void heal() {
    isolated.clear();
    cut.clear();
    hidden.clear();
    gatewayDead = false;
    trouble(0, 0);
    flush();
  }

  private void flush() {
    List<Parcel> free = stuck.stream().filter(this::passes).toList();
    stuck.removeAll(free);
    free.forEach(this::deliverLater);
  }
}
