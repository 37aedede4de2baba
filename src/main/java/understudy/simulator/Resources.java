package understudy.simulator;

import java.time.Duration;
import java.util.ArrayDeque;
import understudy.failover.Input;
import understudy.failover.Term;

/** Carries out starts and stops one after the other; a stop cancels the starts before it. */
final class Resources {
  private final World world;
  private final Machine machine;
  private final Daemon daemon;
  private final ArrayDeque<Runnable> orders = new ArrayDeque<>();
  private boolean busy;
  private boolean starting;
  private long order;

  Resources(World world, Machine machine, Daemon daemon) {
    this.world = world;
    this.machine = machine;
    this.daemon = daemon;
  }

  void start(Term term) {
    orders.add(() -> beginStart(term));
    next();
  }

  void stop() {
    orders.clear();
    if (starting) {
      // Cancelled half-way: something may run already.
      machine.runService(machine.serviceRuns() || world.chance.happens(0.5));
      finish();
    }
    orders.add(this::beginStop);
    next();
  }

  private void beginStart(Term term) {
    starting = true;
    if (machine.serviceRuns()) {
      whenDone(world.chance.milliseconds(1, 50), () -> started(term));
    } else if (machine.luck().strikes(Trouble.START_HANGS)) {
      world.tell(machine.label(), () -> "a resource hangs while starting");
    } else {
      boolean fails = machine.luck().strikes(Trouble.START_FAILS);
      whenDone(duration(), () -> endStart(term, fails));
    }
  }

  private void endStart(Term term, boolean fails) {
    if (fails) {
      machine.runService(world.chance.happens(0.5));
      daemon.hand(at -> new Input.StartFailed(at, term, "unit failed"));
    } else {
      started(term);
    }
  }

  private void started(Term term) {
    machine.runService(true);
    daemon.hand(at -> new Input.ResourcesStarted(at, term));
  }

  private void beginStop() {
    boolean hangs = machine.luck().strikes(Trouble.STOP_HANGS);
    boolean fails = machine.luck().strikes(Trouble.STOP_FAILS);
    Duration lasts = hangs ? world.setup.timing().stopWithin().multipliedBy(2) : duration();
    whenDone(
        lasts,
        () -> {
          if (fails) {
            daemon.hand(at -> new Input.StopFailed(at, "unit does not stop"));
          } else {
            machine.runService(false);
            daemon.hand(Input.ResourcesStopped::new);
          }
        });
  }

  private Duration duration() {
    return world.chance.happens(0.7)
        ? world.chance.milliseconds(1, 100)
        : world.chance.milliseconds(100, 2_000);
  }

  private void whenDone(Duration lasts, Runnable deed) {
    long mine = ++order;
    world.after(
        lasts,
        () -> {
          if (mine == order && busy && daemon.isAlive()) {
            finish();
            deed.run();
            next();
          }
        });
  }

  private void finish() {
    busy = false;
    starting = false;
    order++;
  }

  private void next() {
    if (!busy && !orders.isEmpty()) {
      busy = true;
      orders.remove().run();
    }
  }
}
