package understudy.simulator;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Objects;
import understudy.failover.Input;
import understudy.failover.Role;

/**
 * Lets faults loose. Those that the peer arbiter promises to survive overlap as they like; a broken
 * path between nodes that still see the service comes alone, as only then it is promised.
 */
final class Faults {
  private static final int FURTHEST_LEAP = 1_000_000;

  private final World world;
  private final List<Fault> deck = new ArrayList<>();
  private boolean ended;
  private int going;
  private boolean alone;
  private long quietSinceNanos;

  Faults(World world) {
    this.world = world;
    world.setup.faults().forEach(f -> deck.addAll(Collections.nCopies(f.weight(), f)));
  }

  void begin() {
    world.after(world.chance.between(ofMillis(200), ofSeconds(5)), this::next);
  }

  /** Undoes everything. */
  void end() {
    ended = true;
    world.network.heal();
    world.store.down(false);
    world.store.slow(false);
    world.storm.ends();
    upgradeAll();
    for (Machine machine : world.machines) {
      machine.daemon().ifPresent(Daemon::resume);
      machine.daemon().ifPresent(daemon -> daemon.dieAfterEffects(Integer.MAX_VALUE));
      machine.daemon().ifPresent(daemon -> daemon.hand(at -> new Input.Fitness(at, true)));
      machine.fillDisk(false);
      machine.restorePower();
      machine.launch();
    }
  }

  private void next() {
    if (ended) {
      return;
    }
    if (!alone) {
      befall(world.chance.pick(world.machines));
    }
    Duration pause = world.chance.happens(0.3) ? ofMillis(300) : ofSeconds(6);
    world.after(world.chance.between(ofMillis(20), pause), this::next);
  }

  private void befall(Machine machine) {
    if (deck.isEmpty()) {
      return;
    }
    switch (world.chance.pick(deck)) {
      case KILL -> killDaemon(machine);
      case POWER -> cutPower(machine);
      case CRASH -> dieMidway(machine);
      case PAUSE -> pause(machine);
      case ISOLATE -> isolate(machine);
      case LOSS -> lose();
      case SLOW -> slow();
      case CUT -> breakPath(machine);
      case PARTITION -> partition();
      case STORE -> disturbStore();
      case UNFIT -> unfit(machine);
      case DISK_LOST -> loseDisk(machine);
      case DISK_FULL -> fillDisk(machine);
      case FUTURE -> comeFromFuture(machine);
      case UPGRADE -> upgrade(machine);
      case CLOCK -> disturbClock(machine);
      case DUPLICATE, TROUBLE, OPERATOR ->
          throw new IllegalStateException("what weighs nothing is not in the deck");
    }
  }

  private void lasting(Duration duration, Runnable undo) {
    going++;
    world.after(
        duration,
        () -> {
          going--;
          quietSinceNanos = world.nowNanos();
          if (!ended) {
            undo.run();
          }
        });
  }

  private Duration outage() {
    double timeouts = world.chance.between(0.02, world.chance.happens(0.3) ? 8 : 2);
    return ofMillis((long) (world.setup.timing().primaryTimeout().toMillis() * timeouts));
  }

  private void killDaemon(Machine machine) {
    if (machine.daemon().isPresent()) {
      machine.killDaemon();
      lasting(outage(), machine::launch);
    }
  }

  private void cutPower(Machine machine) {
    machine.cutPower();
    lasting(outage(), machine::restorePower);
  }

  private void dieMidway(Machine machine) {
    machine.daemon().ifPresent(daemon -> daemon.dieAfterEffects(world.chance.below(20)));
    lasting(outage().plus(ofSeconds(1)), machine::launch);
  }

  private void pause(Machine machine) {
    machine
        .daemon()
        .filter(daemon -> !daemon.isPaused())
        .ifPresent(
            daemon -> {
              daemon.pause();
              lasting(outage(), daemon::resume);
            });
  }

  private void isolate(Machine machine) {
    boolean promised =
        isAnyNetworkSurvived()
            || (world.setup.connectivityTested() && (world.setup.serviceAsked() || isQuiet()));
    if (!promised && !world.setup.beyondPromise()) {
      return;
    }
    world.tell(machine.label(), () -> "is isolated");
    world.network.isolate(machine);
    alone = !world.setup.serviceAsked() && !isAnyNetworkSurvived();
    lasting(
        outage(),
        () -> {
          world.tell(machine.label(), () -> "is isolated no more");
          world.network.rejoin(machine);
          endAlone();
        });
  }

  private void lose() {
    if (!world.setup.serviceAsked() && !isAnyNetworkSurvived()) {
      return;
    }
    double loss = world.chance.between(0.05, 0.5);
    world.tell("network", () -> "loses " + loss);
    world.network.trouble(loss, 0.2);
    lasting(outage().multipliedBy(3), () -> world.network.trouble(0, 0));
  }

  private void slow() {
    world.network.trouble(0, world.chance.between(0.1, 0.8));
    lasting(outage().multipliedBy(3), () -> world.network.trouble(0, 0));
  }

  private boolean isQuiet() {
    long enough = world.setup.timing().primaryTimeout().multipliedBy(4).toNanos();
    return going == 0 && world.nowNanos() - quietSinceNanos > enough;
  }

  private void breakPath(Machine machine) {
    Machine other = world.chance.pick(world.machines);
    boolean hides =
        (world.setup.beyondPromise() || isAnyNetworkSurvived()) && world.chance.happens(0.7);
    boolean promised =
        isAnyNetworkSurvived() || (world.setup.serviceAsked() && isQuiet() && isServedInPeace());
    if (other == machine || (!promised && !world.setup.beyondPromise())) {
      return;
    }
    var there = new Network.Path(machine.name(), other.name());
    var back = new Network.Path(other.name(), machine.name());
    boolean oneWay = world.chance.happens(0.4);
    world.tell("network", () -> "cuts " + there + (oneWay ? "" : ", " + back) + " hides " + hides);
    world.network.cut(there, hides);
    if (!oneWay) {
      world.network.cut(back, hides);
    }
    alone = !isAnyNetworkSurvived();
    lasting(
        outage(),
        () -> {
          world.tell("network", () -> "mends " + there);
          world.network.mend(there);
          world.network.mend(back);
          endAlone();
        });
  }

  /** While nobody serves there is nothing that could be seen past a broken path. */
  private boolean isServedInPeace() {
    return world.machines.stream().filter(Machine::answers).count() == 1
        && world.machines.stream()
            .flatMap(machine -> machine.daemon().stream())
            .map(daemon -> daemon.state().role())
            .allMatch(role -> role == Role.ACTIVE || role == Role.STANDBY);
  }

  /** What follows from a lone fault gets the time to come to rest. */
  private void endAlone() {
    if (alone) {
      world.after(world.setup.timing().primaryTimeout().multipliedBy(3), () -> alone = false);
    }
  }

  private void unfit(Machine machine) {
    machine.daemon().ifPresent(daemon -> daemon.hand(at -> new Input.Fitness(at, false)));
    lasting(
        outage(),
        () -> machine.daemon().ifPresent(daemon -> daemon.hand(at -> new Input.Fitness(at, true))));
  }

  private void loseDisk(Machine machine) {
    if (mayForget(machine) && world.chance.happens(0.6)) {
      machine.cutPower();
      machine.loseDisk();
      lasting(outage(), machine::restorePower);
    }
  }

  /** Voters survive the loss of one memory at a time: the next when all others remember again. */
  private boolean mayForget(Machine machine) {
    return switch (world.setup.mandates()) {
      case PEER, LEASE -> true;
      case MAJORITY, LEASE_FAILSAFE ->
          world.machines.stream()
              .allMatch(other -> other == machine || other.remembered().vote().isPresent());
    };
  }

  private void comeFromFuture(Machine machine) {
    machine.cutPower();
    machine.leap(1 + world.chance.below(FURTHEST_LEAP));
    lasting(outage(), machine::restorePower);
  }

  /** One machine goes ahead; all others follow when everything heals. */
  private void upgrade(Machine machine) {
    if (machine.daemon().isPresent()) {
      machine.killDaemon();
      machine.install(machine.release() + "+");
      lasting(ofSeconds(1), machine::launch);
    }
  }

  private void upgradeAll() {
    String newest =
        world.machines.stream().map(Machine::release).max(Comparator.naturalOrder()).orElseThrow();
    for (Machine machine : world.machines) {
      if (!machine.release().equals(newest)) {
        machine.daemon().ifPresent(_ -> machine.killDaemon());
        machine.install(newest);
      }
    }
  }

  private void fillDisk(Machine machine) {
    machine.fillDisk(true);
    lasting(outage(), () -> machine.fillDisk(false));
  }

  private void disturbClock(Machine machine) {
    if (world.chance.happens(0.5)) {
      machine.jumpWall(ofSeconds(world.chance.below(20_000) - 10_000));
    } else {
      machine.drift(world.chance.between(0.996, 1.004));
    }
  }

  /** Mandates that others grant never overlap, whatever the network does. */
  private boolean isAnyNetworkSurvived() {
    return world.setup.mandates().areGranted();
  }

  private void partition() {
    if (!isAnyNetworkSurvived()) {
      return;
    }
    boolean directed = world.chance.happens(0.4);
    var cut = new ArrayList<Network.Path>();
    var side = new HashMap<Machine, Boolean>();
    world.machines.forEach(machine -> side.put(machine, world.chance.happens(0.5)));
    for (Machine from : world.machines) {
      for (Machine to : world.machines) {
        boolean apart =
            directed ? world.chance.happens(0.35) : !Objects.equals(side.get(from), side.get(to));
        if (from != to && apart) {
          cut.add(new Network.Path(from.name(), to.name()));
        }
      }
    }
    world.tell("network", () -> "falls apart: " + cut);
    cut.forEach(path -> world.network.cut(path, world.chance.happens(0.5)));
    lasting(
        outage(),
        () -> {
          world.tell("network", () -> "grows together");
          cut.forEach(world.network::mend);
        });
  }

  private void disturbStore() {
    if (world.chance.happens(0.5)) {
      world.tell("store", () -> "is down");
      world.store.down(true);
      lasting(
          outage(),
          () -> {
            world.tell("store", () -> "is up");
            world.store.down(false);
          });
    } else {
      world.store.slow(true);
      lasting(outage().multipliedBy(2), () -> world.store.slow(false));
    }
  }
}
