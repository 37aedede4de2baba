package understudy.simulator;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import understudy.failover.Heartbeat;
import understudy.failover.NodeName;

/** Carries heartbeats late, twice, out of order or not at all. */
final class Network {
  private static final int KEPT_BY_A_STREAM = 5;

  private final World world;
  private final Set<Machine> isolated = new HashSet<>();
  private final Set<Path> cut = new HashSet<>();
  private final Set<Path> hidden = new HashSet<>();

  /** By the places of sender and addressee. */
  private final int[][] lostInARow;

  private final List<Parcel> stuck = new ArrayList<>();
  private boolean gatewayDead;
  private double loss;
  private double slowness;

  /** One direction between two nodes. */
  record Path(NodeName from, NodeName to) {}

  /**
   * A heartbeat on its way.
   *
   * @param life of the daemon that sent it
   * @param addressee the life of {@code to} that it is meant for: a new one has new sessions
   */
  private record Parcel(
      Machine from,
      long life,
      Machine to,
      long number,
      Heartbeat heartbeat,
      Optional<Daemon> addressee) {}

  Network(World world) {
    this.world = world;
    int places = world.setup.nodes().size();
    this.lostInARow = new int[places][places];
  }

  void broadcast(Daemon sender, Heartbeat heartbeat) {
    Machine from = sender.machine();
    for (Machine to : world.machines) {
      if (to.place() != from.place()) { // a copy has the same address
        send(new Parcel(from, sender.life(), to, world.number(), heartbeat, to.daemon()));
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
      if (world.chance.happens(0.02) && world.setup.faults().contains(Fault.DUPLICATE)) {
        deliverLater(parcel);
      }
    }
  }

  /** Loss stays below total silence: never so many in a row that a peer would be suspected. */
  private boolean isLost(Parcel parcel) {
    int[] inARow = lostInARow[parcel.from().place()];
    int to = parcel.to().place();
    boolean lost =
        loss > 0 && inARow[to] < world.setup.timing().failures() - 1 && world.chance.happens(loss);
    inARow[to] = lost ? inARow[to] + 1 : 0;
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
      addressee.get().hear(parcel.from(), parcel.life(), parcel.number(), parcel.heartbeat());
    }
  }

  private boolean passes(Parcel parcel) {
    return passes(parcel.from(), parcel.to());
  }

  boolean passes(Machine from, Machine to) {
    return isUnharmed() || isOpen(from, to);
  }

  private boolean isUnharmed() {
    return isolated.isEmpty() && cut.isEmpty();
  }

  private boolean isOpen(Machine from, Machine to) {
    return !isolated.contains(from) && !isolated.contains(to) && !cut.contains(path(from, to));
  }

  private static Path path(Machine from, Machine to) {
    return new Path(from.name(), to.name());
  }

  boolean seesService(Machine from, Machine to) {
    return from == to
        || (!isolated.contains(from)
            && !isolated.contains(to)
            && !hidden.contains(path(from, to))
            && !hidden.contains(path(to, from))
            && !losesLook());
  }

  boolean reachesStore(Machine node) {
    return !isolated.contains(node) && !world.chance.happens(loss * loss);
  }

  boolean isConnected(Machine node) {
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

  void isolate(Machine node) {
    isolated.add(node);
  }

  void rejoin(Machine node) {
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
