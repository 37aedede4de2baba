package understudy.simulator;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import understudy.failover.Designation;
import understudy.failover.Durable;
import understudy.failover.Effect.Gate;
import understudy.failover.Failover;
import understudy.failover.NodeName;
import understudy.failover.Rule;
import understudy.failover.Situation;
import understudy.failover.Term;
import understudy.time.Moment;

/** One server: clock, kernel, disk, the protected service, and at times a daemon. */
final class Machine {
  private static final Instant EPOCH = Instant.parse("2026-01-01T00:00:00Z");

  /** What a service may lose that did not force its latest writes to disk. */
  private static final int UNFORCED_WRITES = 3;

  private final World world;
  private final NodeName name;
  private final String label;
  private final int place;
  private final boolean witness;
  private double clockRate;
  private long clockOrigin;
  private boolean powered = true;
  private Optional<Daemon> daemon = Optional.empty();
  private Gate gate = Gate.SHUT;
  private Moment gateUntil;
  private Durable disk = Durable.FRESH;
  private Content content = Content.BLANK;
  private boolean whole;
  private final List<Content> salvaged = new ArrayList<>();
  private final Luck luck;
  private boolean diskFull;
  private String release = Setup.RELEASE;
  private Duration wallAhead = Duration.ZERO;
  private boolean serviceRuns;
  private long idleSinceNanos;
  private long copiedAtNanos;
  private boolean demotedOnLostDisk;
  private Term servedIn = Term.NONE;
  private long servedUntilNanos;

  Machine(World world, NodeName name) {
    this(world, name, name.value(), world.machines.size());
  }

  private Machine(World world, NodeName name, String label, int place) {
    this.world = world;
    this.name = name;
    this.label = label;
    this.place = place;
    this.witness = world.setup.nodes().get(name) == Designation.WITNESS;
    this.clockRate = world.chance.between(0.996, 1.004);
    this.clockOrigin = world.chance.milliseconds(0, 1_000_000).toNanos();
    this.gateUntil = now();
    this.luck = new Luck(world);
    // A fresh pair: the primary brings the data, the others have nothing yet.
    this.whole = !world.setup.hasData() || name.equals(Setup.ALPHA) || isWitness();
  }

  boolean isWitness() {
    return witness;
  }

  /** Switched off, with what this one has on disk: its name, its keys, what it remembers. */
  Machine copy() {
    var copy = new Machine(world, name, label + "-copy", place);
    copy.powered = false;
    copy.disk = disk;
    copy.content = content;
    copy.whole = whole;
    copy.copiedAtNanos = copiedAtNanos;
    copy.demotedOnLostDisk = demotedOnLostDisk;
    copy.servedIn = servedIn;
    copy.servedUntilNanos = servedUntilNanos;
    return copy;
  }

  /** Counts the names of a world from zero on. */
  int place() {
    return place;
  }

  NodeName name() {
    return name;
  }

  /** What a script and a log call it: its name, if it is not a copy. */
  String label() {
    return label;
  }

  Moment now() {
    return new Moment(clockOrigin + (long) (world.nowNanos() * clockRate));
  }

  /** The world moved on and this machine with it. */
  void skip(long nanos) {
    clockOrigin -= (long) (nanos * clockRate);
    daemon.ifPresent(Daemon::dawdle);
  }

  /** From now on the monotonic clock runs at this rate. */
  void drift(double rate) {
    long now = now().nanos();
    clockRate = rate;
    clockOrigin = now - (long) (world.nowNanos() * clockRate);
  }

  /** The time that people see; no decision may depend on it. */
  Instant wall() {
    return EPOCH.plusNanos(world.nowNanos()).plus(wallAhead);
  }

  void jumpWall(Duration ahead) {
    world.tell(label, () -> "wall clock jumps by " + ahead.toSeconds() + " s");
    wallAhead = wallAhead.plus(ahead);
  }

  Luck luck() {
    return luck;
  }

  void start() {
    launch();
    if (!isWitness()) {
      write();
    }
  }

  // Daemon and power

  Optional<Daemon> daemon() {
    return daemon;
  }

  /** This life of its daemon has not ended. */
  boolean runs(Daemon life) {
    return daemon.isPresent() && daemon.get() == life;
  }

  void launch() {
    if (powered && daemon.isEmpty()) {
      world.tell(
          label,
          () ->
              "daemon starts; remembers term " + disk.term() + ", reigned last in " + disk.reign());
      disk = world.build.remembered().apply(disk);
      world.checks.saved(this, disk);
      var policy = world.setup.policy(name, release, world.build);
      var started = new Daemon(world, this, new Failover(policy), disk);
      daemon = Optional.of(started);
      started.begin();
    }
  }

  void killDaemon() {
    world.tell(label, () -> "daemon is killed");
    idleSinceNanos = world.livedNanos();
    daemon = Optional.empty();
  }

  void cutPower() {
    world.tell(label, () -> "power is cut");
    daemon = Optional.empty();
    powered = false;
    gate = Gate.SHUT;
    if (serviceRuns) {
      int unforced = world.chance.happens(0.3) ? world.chance.below(UNFORCED_WRITES) : 0;
      for (int i = 0; i < unforced; i++) {
        content = content.before();
      }
    }
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

  /** False: the disk is full, and holds what it held. */
  boolean save(Durable durable) {
    if (durable.equals(disk)) {
      return true;
    }
    if (diskFull) {
      return false;
    }
    world.checks.saved(this, durable);
    disk = durable;
    return true;
  }

  /** The daemon says so itself as long as it lasts. */
  boolean isDiskFull() {
    return diskFull;
  }

  void fillDisk(boolean full) {
    if (full != diskFull) {
      world.tell(label, () -> full ? "disk is full" : "disk has room again");
    }
    diskFull = full;
  }

  /** The machine gets a new disk: nothing is known, nothing is there. */
  void loseDisk() {
    world.tell(label, () -> "loses its disk");
    world.checks.forgets(this);
    demotedOnLostDisk = wasDemoted();
    disk = Durable.FRESH;
    content = Content.BLANK;
    salvaged.clear();
    whole = !world.setup.hasData() || isWitness();
  }

  /** The disk is that of a cluster which has come much further. */
  void leap(long terms) {
    world.tell(label, () -> "knows of a term " + terms + " later");
    disk =
        new Durable(
            new Term(disk.term().number() + terms),
            disk.reign(),
            disk.willing(),
            disk.offer(),
            disk.pause(),
            disk.clientsHeld(),
            disk.vote(),
            disk.pinned(),
            disk.served(),
            disk.knownServed());
  }

  /** A person said that it is not to serve by itself, though its disk may have forgotten it. */
  boolean wasDemoted() {
    return demotedOnLostDisk || !disk.willing();
  }

  /** A person let it rise, and it has not served yet. */
  boolean isBeingPromoted() {
    return daemon
        .map(running -> running.state().situation())
        .filter(
            situation ->
                situation instanceof Situation.Starting starting
                    && (starting.cause() == Rule.PROMOTED || starting.cause() == Rule.FORCED))
        .isPresent();
  }

  Durable remembered() {
    return disk;
  }

  /** What its daemons are from the next start on. */
  void install(String other) {
    world.tell(label, () -> "release " + other + " is installed");
    release = other;
  }

  String release() {
    return release;
  }

  Content content() {
    return content;
  }

  /** What was overwritten and is nowhere in what replaced it. */
  List<Content> salvaged() {
    return salvaged;
  }

  boolean isWhole() {
    return whole;
  }

  /** True time since which no daemon turns here; meaningful while none does. */
  long idleSinceNanos() {
    return idleSinceNanos;
  }

  void idles() {
    idleSinceNanos = world.livedNanos();
  }

  /** True time at which what is here was read from the node that served. */
  long copiedAtNanos() {
    return copiedAtNanos;
  }

  /** The latest term in which it served. */
  Term servedIn() {
    return servedIn;
  }

  /** True time until which it served. */
  long servedUntilNanos() {
    return servedUntilNanos;
  }

  void serves(Term reign) {
    servedIn = reign;
    demotedOnLostDisk = false;
    servedUntilNanos = world.livedNanos();
  }

  /** Nothing is newer than what is here now. */
  void freshens() {
    copiedAtNanos = world.livedNanos();
  }

  /** Replaces what is there; what only this machine had is kept beside. */
  void keep(Content copied, long readAtNanos) {
    copiedAtNanos = readAtNanos;
    if (world.build.salvages() && !copied.has(content)) {
      salvaged.add(content);
    }
    world.checks.replaced(this, content, copied);
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

  /** Somebody may get through to the service here. */
  boolean letsThrough() {
    return powered && gate() != Gate.SHUT;
  }

  private Gate gate() {
    if (gate == Gate.SHUT) {
      return Gate.SHUT;
    }
    return now().isBefore(gateUntil) || !world.build.gateLapses() ? gate : Gate.SHUT;
  }

  /** The truth: new clients are let in here. */
  boolean isServing() {
    return powered && gate() == Gate.OPEN;
  }

  /**
   * The service address is here: the link says so, whether new clients are let in or not. It goes
   * when the mandate does.
   */
  boolean answers() {
    return letsThrough();
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
    world.after(world.chance.milliseconds(100, 400), this::write);
  }
}
