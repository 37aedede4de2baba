package understudy.simulator;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import understudy.failover.Durable;
import understudy.failover.Effect;
import understudy.failover.Failover;
import understudy.failover.Heartbeat;
import understudy.failover.Input;
import understudy.failover.NodeName;
import understudy.failover.Request;
import understudy.failover.Rule;
import understudy.failover.Speech;
import understudy.failover.State;
import understudy.failover.Step;
import understudy.time.Moment;

/** One life of the daemon on one machine: the loop and the edges around the core. */
final class Daemon {
  /** What sockets and queues hold for a process that does not run. */
  private static final int BUFFERED_INPUTS = 200;

  private final World world;
  private final Machine machine;
  private final Failover failover;
  private final Duration tickEvery;
  private final ArrayDeque<Function<Moment, Input>> waiting = new ArrayDeque<>();
  private final Map<NodeName, Long> newestHeard = new HashMap<>();
  private final Resources resources;
  private final Dataset dataset;
  private final Prober prober;
  private State state;
  private boolean paused;
  private int effectsUntilDeath = Integer.MAX_VALUE;

  Daemon(World world, Machine machine, Failover failover, Durable durable) {
    this.world = world;
    this.machine = machine;
    this.failover = failover;
    this.tickEvery = world.setup.timing().interval().dividedBy(4);
    this.resources = new Resources(world, machine, this);
    this.dataset = new Dataset(world, machine, this);
    this.prober = new Prober(world, machine, this);
    this.state = State.booted(failover.policy(), durable, dataset.found(), machine.now());
  }

  void begin() {
    dataset.begin();
    world.after(world.chance.between(Duration.ZERO, tickEvery), this::tick);
  }

  Failover failover() {
    return failover;
  }

  State state() {
    return state;
  }

  boolean isAlive() {
    return machine.daemon().filter(alive -> alive == this).isPresent();
  }

  boolean isPaused() {
    return paused;
  }

  /** Takes in what an edge learnt, at once or when the process runs again. */
  void hand(Function<Moment, Input> news) {
    if (!isAlive()) {
      return;
    }
    if (!paused) {
      step(news.apply(machine.now()));
    } else if (waiting.size() < BUFFERED_INPUTS) {
      waiting.add(news);
    }
  }

  /** A heartbeat that arrived; {@code number} orders those of one sender over all its lives. */
  void hear(long number, Heartbeat heartbeat) {
    long newest = newestHeard.getOrDefault(heartbeat.from(), 0L);
    if (number > newest || !world.build.ordersHeartbeats()) {
      newestHeard.put(heartbeat.from(), Math.max(number, newest));
      hand(at -> new Input.Heard(at, heartbeat));
    }
  }

  void ask(Request request) {
    long operation = world.number();
    world.checks.asked(this, operation, request);
    hand(at -> new Input.Asked(at, operation, request));
  }

  void pause() {
    world.tell(machine.name().value(), () -> "daemon is paused");
    paused = true;
  }

  void resume() {
    if (!paused || !isAlive()) {
      return;
    }
    world.tell(machine.name().value(), () -> "daemon wakes with " + waiting.size() + " inputs");
    paused = false;
    if (world.chance.happens(0.5)) {
      step(new Input.Tick(machine.now()));
    }
    while (!waiting.isEmpty() && isAlive()) {
      step(waiting.remove().apply(machine.now()));
    }
  }

  /** The process dies in the middle of what it does soon. */
  void dieAfterEffects(int effects) {
    effectsUntilDeath = effects;
  }

  private void tick() {
    if (isAlive()) {
      if (!paused) {
        step(new Input.Tick(machine.now()));
      }
      world.after(tickEvery, this::tick);
    }
  }

  private void step(Input input) {
    State before = state;
    Step step = world.build.step().apply(failover.step(before, input));
    machine.save(step.next().durable());
    state = step.next();
    if (step.rule() != Rule.NOTHING) {
      world.tell(machine.name().value(), () -> line(before, step));
    }
    world.checks.stepped(machine, before, input, step);
    for (Effect effect : step.effects()) {
      if (--effectsUntilDeath < 0) {
        machine.killDaemon();
        return;
      }
      run(effect);
    }
  }

  private static String line(State before, Step step) {
    return "%s → %s term %s: %s %s"
        .formatted(
            before.role().word(),
            step.next().role().word(),
            step.next().durable().term(),
            step.rule(),
            step.evidence());
  }

  private void run(Effect effect) {
    switch (effect) {
      case Effect.Beat _ ->
          world.network.broadcast(
              machine.name(), Speech.of(failover.policy(), state, machine.now()));
      case Effect.Extend(Moment until, Effect.Gate gate) -> machine.open(until, gate);
      case Effect.Fence _ -> machine.fence();
      case Effect.SettleData(var term) -> dataset.settle(term);
      case Effect.StartResources(var term) -> resources.start(term);
      case Effect.StopResources _ -> resources.stop();
      case Effect.Follow(var source) -> dataset.follow(source);
      case Effect.Sync(long operation, var stage, var source) ->
          dataset.sync(operation, stage, source);
      case Effect.Probe _ -> prober.look();
      case Effect.Announce _ -> {}
      // No simulated cluster has a store yet.
      case Effect.ReadRegister _, Effect.WriteRegister _ -> {}
      case Effect.Answer(long operation, var reply) ->
          world.checks.answered(machine, operation, reply);
    }
  }
}
