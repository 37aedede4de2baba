package understudy.simulator;

import java.time.Duration;
import java.util.Optional;
import understudy.failover.Durable;
import understudy.failover.Effect.Gate;
import understudy.failover.Failover;
import understudy.failover.NodeName;
import understudy.time.Moment;

/** One server: clock, kernel, disk, the protected service, and at times a daemon. */
final class Machine {
  private final World world;
  private final NodeName name;
  private final double clockRate;
  private long clockOrigin;
  private boolean powered = true;
  private Optional<Daemon> daemon = Optional.empty();
  private Gate gate = Gate.SHUT;
  private Moment gateUntil;
  private Durable disk = Durable.FRESH;
  private Content content = Content.BLANK;
  private boolean whole;
  private boolean serviceRuns;

  Machine(World world, NodeName name) {
    this.world = world;
    this.name = name;
    this.clockRate = world.chance.between(0.996, 1.004);
    this.clockOrigin = world.chance.milliseconds(0, 1_000_000).toNanos();
    this.gateUntil = now();
    // A fresh pair: the primary brings the data, the others have nothing yet.
    this.whole = !world.setup.hasData() || name.equals(Setup.ALPHA);
  }

  NodeName name() {
    return name;
  }

  Moment now() {
    return new Moment(clockOrigin + (long) (world.nowNanos() * clockRate));
  }

  /** The world moved on and this machine with it. */
  void skip(long nanos) {
    clockOrigin -= (long) (nanos * clockRate);
    daemon.ifPresent(Daemon::dawdle);
  }

  void start() {
    launch();
    write();
  }

  // Daemon and power

  Optional<Daemon> daemon() {
    return daemon;
  }

  void launch() {
    if (powered && daemon.isEmpty()) {
      world.tell(name.value(), () -> "daemon starts, remembers " + disk);
      var policy = world.setup.policy(name, world.build.arbiter());
      var started = new Daemon(world, this, new Failover(policy), disk);
      daemon = Optional.of(started);
      started.begin();
    }
  }

  void killDaemon() {
    world.tell(name.value(), () -> "daemon is killed");
    daemon = Optional.empty();
  }

  void cutPower() {
    world.tell(name.value(), () -> "power is cut");
    daemon = Optional.empty();
    powered = false;
    gate = Gate.SHUT;
    serviceRuns = false;
  }

  void restorePower() {
    if (!powered) {
      powered = true;
      clockOrigin = world.chance.milliseconds(0, 1_000_000).toNanos() - world.nowNanos();
      launch();
    }
  }

  // Disk

  void save(Durable durable) {
    disk = world.build.remembers() ? durable : Durable.FRESH;
  }

  void loseMemory() {
    disk = Durable.FRESH;
  }

  void loseData() {
    content = Content.BLANK;
    whole = !world.setup.hasData();
  }

  Durable remembered() {
    return disk;
  }

  Content content() {
    return content;
  }

  boolean isWhole() {
    return whole;
  }

  void keep(Content copied) {
    content = copied;
    whole = true;
  }

  // Kernel

  void open(Moment until, Gate wanted) {
    gate = wanted;
    gateUntil = until;
  }

  void fence() {
    gate = Gate.SHUT;
  }

  private Gate gate() {
    boolean mayBeOpen =
        gate != Gate.SHUT && (now().isBefore(gateUntil) || !world.build.gateLapses());
    return mayBeOpen ? gate : Gate.SHUT;
  }

  /** The truth: new clients are let in here. */
  boolean isServing() {
    return powered && gate() == Gate.OPEN;
  }

  /** A client that connects gets an answer. */
  boolean answers() {
    return isServing() && serviceRuns;
  }

  // The protected service

  boolean serviceRuns() {
    return serviceRuns;
  }

  void runService(boolean runs) {
    serviceRuns = runs;
  }

  /** Clients write as long as one is let in or still connected. */
  private void write() {
    if (powered && serviceRuns && gate() != Gate.SHUT && world.setup.hasData()) {
      content = content.with(world.number());
    }
    world.after(world.chance.between(Duration.ofMillis(100), Duration.ofMillis(400)), this::write);
  }
}
