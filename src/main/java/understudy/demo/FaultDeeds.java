package understudy.demo;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import understudy.demo.lab.CpuLoad;
import understudy.demo.lab.Delay;
import understudy.demo.lab.Faults;
import understudy.demo.lab.LabException;
import understudy.demo.lab.MemoryPressure;
import understudy.demo.lab.ProcessSignal;

/** Inflicts each {@link Fault} on a running pair, lets it last and repairs it. */
final class FaultDeeds {
  private static final Duration SHORT_PAUSE = Duration.ofMillis(300);
  private static final int FLAPS = 5;
  private static final int LOST_PERCENT = 20;
  private static final Duration LATE = Duration.ofMillis(200);
  private static final Duration JITTER = Duration.ofMillis(50);
  private static final Duration MOVED = Duration.ofHours(1);

  private final Pair pair;
  private final FaultGround ground;

  FaultDeeds(Pair pair, FaultGround ground) {
    this.pair = pair;
    this.ground = ground;
  }

  /** Why this fault cannot be inflicted here; empty: it can. */
  Optional<String> obstacle(Fault fault) throws LabException {
    return switch (fault) {
      case CLOCKS_MOVED ->
          ground.clock(pair.alpha().name()).isPresent()
              ? Optional.empty()
              : Optional.of("libfaketime is not installed");
      case MEMORY_PRESSURE -> MemoryPressure.obstacle();
      case NODES_PARTED ->
          ground.hasWitness()
              ? Optional.empty()
              : Optional.of(
                  "the arbiter peer cannot tell this from a dead host, and both would serve until"
                      + " they meet: add --arbiter majority");
      default -> Optional.empty();
    };
  }

  /** Inflicts it and waits until it has lasted; returns when all is repaired. */
  void inflict(Fault fault, DemoNode active) throws DemoException, LabException {
    DemoNode standby = pair.other(active);
    Faults cables = ground.network().faults();
    switch (fault) {
      case ONE_LINK_CUT -> cables.unplug(active.name(), 1);
      case HEARTBEATS_CUT -> ground.network().muteHeartbeats();
      case ACTIVE_IS_DEAF -> cables.drop(standby.name(), active.name());
      case STANDBY_IS_DEAF -> cables.drop(active.name(), standby.name());
      case ACTIVE_IS_CUT_OFF ->
          cables.isolate(List.of(active.name(), ground.neighbour(active.name())));
      case STANDBY_IS_CUT_OFF ->
          cables.isolate(List.of(standby.name(), ground.neighbour(standby.name())));
      case NODES_PARTED -> cables.part(active.name(), standby.name());
      case LINKS_FLAP -> flap(active);
      case LOSS -> {
        for (int link = 0; link < Network.LINKS; link++) {
          cables.lose(active.name(), link, LOST_PERCENT);
        }
      }
      case DELAY -> delay(standby, fault.lasts());
      case PAUSE -> active.pause(SHORT_PAUSE);
      case HANG -> active.signal(ProcessSignal.STOP);
      case DAEMON_HANGS -> ProcessSignal.STOP.send(List.of(active.daemon().pid()));
      case STANDBY_HANGS -> standby.signal(ProcessSignal.STOP);
      case DAEMON_KILLED -> active.killDaemon();
      case DAEMON_RESTARTED -> {
        active.killDaemon();
        active.start();
      }
      case STANDBY_KILLED -> standby.kill();
      case HOST_DEAD -> {
        cables.powerOff(active.name());
        active.awaitEnd();
      }
      case SERVICE_KILLED -> ProcessSignal.KILL.send(active.serviceProcesses());
      case STANDBY_DISK_FULL -> ground.disk(standby.name()).fill();
      case ACTIVE_DISK_FULL -> ground.disk(active.name()).fill();
      case CLOCKS_MOVED -> {
        moveClock(active, MOVED);
        moveClock(standby, MOVED.negated());
      }
      case CPU_STARVED -> starve(fault.lasts());
      case MEMORY_PRESSURE -> press(active, fault.lasts());
      case SWITCHOVER -> Steps.order(active, "switchover", "--wait=60s", "--yes");
    }
    LockSupport.parkNanos(fault.lasts().toNanos());
  }

  private void flap(DemoNode active) throws LabException {
    for (int flap = 0; flap < FLAPS; flap++) {
      for (int link = 0; link < Network.LINKS; link++) {
        ground.network().faults().unplug(active.name(), link);
      }
      LockSupport.parkNanos(SHORT_PAUSE.toNanos());
      ground.network().heal();
      LockSupport.parkNanos(SHORT_PAUSE.toNanos());
    }
  }

  private void delay(DemoNode standby, Duration lasts) throws LabException {
    try (Delay _ = between(standby, 0);
        Delay _ = between(standby, 1)) {
      LockSupport.parkNanos(lasts.toNanos());
    }
  }

  private Delay between(DemoNode node, int link) throws LabException {
    return Delay.between(ground.network().hosts(), node.name(), link, LATE, JITTER);
  }

  private void moveClock(DemoNode node, Duration by) throws LabException {
    ground.clock(node.name()).orElseThrow().move(by);
  }

  private static void starve(Duration lasts) throws LabException {
    try (CpuLoad _ = CpuLoad.start()) {
      LockSupport.parkNanos(lasts.toNanos());
    }
  }

  private static void press(DemoNode node, Duration lasts) throws LabException {
    try (MemoryPressure _ = MemoryPressure.on(OwnProcesses.of(node.home()))) {
      LockSupport.parkNanos(lasts.toNanos());
    }
  }

  /** Nothing is cut, late, full or asleep any more, and both daemons run. */
  void repair(Fault fault) throws DemoException, LabException, InterruptedException {
    ground.heal();
    for (DemoNode node : pair.nodes()) {
      node.signal(ProcessSignal.CONT);
    }
    pair.startAll();
    if (fault == Fault.ACTIVE_DISK_FULL) {
      // Its service could not be started again and again: a person has to say that it is well.
      DemoNode serving = pair.await("one node serves", pair::active);
      Steps.order(serving, "resume");
    }
  }
}
