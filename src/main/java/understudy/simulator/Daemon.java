package understudy.simulator;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.function.Function;
import java.util.stream.Stream;
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
import understudy.heartbeat.Order;
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

  private final long life;

  /** What tells old from new of each machine, by its place. */
  private final Order[] orders;

  private final Resources resources;
  private final Dataset dataset;
  private final Prober prober;
  private State state;
  private boolean paused;
  private long heardAtNanos;
  private Duration dawdling = Duration.ZERO;
  private int effectsUntilDeath = Integer.MAX_VALUE;

  Daemon(World world, Machine machine, Failover failover, Durable durable) {
    this.world = world;
    this.machine = machine;
    this.failover = failover;
    this.orders =
        Stream.generate(() -> new Order(world.setup.timing()::leaseElsewhere))
            .limit(world.machines.size())
            .toArray(Order[]::new);
    this.tickEvery = world.setup.timing().interval().dividedBy(4);
    this.resources = new Resources(world, machine, this);
    this.dataset = new Dataset(world, machine, this);
    this.prober = new Prober(world, machine, this);
    this.life = world.chance.number();
    this.state = State.booted(failover.policy(), durable, dataset.found(), machine.now(), life);
  }

  void begin() {
    machine.fence(); // as in the daemon: the last life may have left the gate open
    dataset.begin();
    world.after(world.chance.between(Duration.ZERO, tickEvery), this::tick);
  }

  Machine machine() {
    return machine;
  }

  NodeName name() {
    return machine.name();
  }

  State state() {
    return state;
  }

  boolean isAlive() {
    return machine.runs(this);
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

  /** True time at which the latest word of another node came. */
  long heardAtNanos() {
    return heardAtNanos;
  }

  /** Tells this life of the process from its others. */
  long life() {
    return life;
  }

  /** A heartbeat that arrived, of this life of its sender; {@code number} orders them. */
  void hear(Machine sender, long senderLife, long number, Heartbeat heartbeat) {
    boolean needsOrder = world.build.ordersHeartbeats() || world.setup.mandates().areGranted();
    Order.Word word =
        orders[sender.place()].hear(senderLife, number, heartbeat.mayServe(), machine.now());
    if (word == Order.Word.GLIMPSE && needsOrder) {
      hand(at -> new Input.Glimpsed(at, sender.name()));
    } else if (word == Order.Word.NEW || !needsOrder) {
      if (!sender.isWitness()) { // it has no data
        heardAtNanos = world.livedNanos();
      }
      hand(at -> new Input.Heard(at, heartbeat));
    }
  }

  void ask(Request request) {
    if (paused && waiting.size() >= BUFFERED_INPUTS) {
      return; // The connection is refused.
    }
    long operation = world.operation();
    world.checks.asked(this, operation, request);
    hand(at -> new Input.Asked(at, operation, request));
  }

  /** Clocks drift: after a long time the loops of the nodes turn at other moments than before. */
  void dawdle() {
    dawdling = world.chance.between(Duration.ZERO, tickEvery);
  }

  void pause() {
    world.tell(machine.label(), () -> "daemon is paused");
    paused = true;
    machine.idles();
  }

  void resume() {
    if (!paused || !isAlive()) {
      return;
    }
    world.tell(machine.label(), () -> "daemon wakes with " + waiting.size() + " inputs");
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
      world.after(tickEvery.plus(dawdling), this::tick);
      dawdling = Duration.ZERO;
    }
  }

  private void step(Input input) {
    State before = state;
    world.trace.decided(failover, before, input);
    Step step = world.build.step().apply(failover.step(before, input));
    if (effectsUntilDeath == 0 && world.chance.happens(0.5)) {
      machine.killDaemon();
      return;
    }
    if (!machine.save(step.next().durable())) {
      Durable stored = machine.remembered();
      step = failover.withoutSaving(before, input, step, stored, "no space left on device");
    }
    state = step.next();
    Step told = step;
    if (step.rule() != Rule.NOTHING) {
      world.tell(machine.label(), () -> Words.of(before, told));
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

  private void run(Effect effect) {
    switch (effect) {
      case Effect.Beat _ ->
          world.network.broadcast(this, Speech.of(failover.policy(), state, machine.now()));
      case Effect.Extend(Moment until, Effect.Gate gate) -> machine.open(until, gate);
      case Effect.Fence _ -> machine.fence();
      case Effect.SettleData(var term) -> dataset.settle(term);
      case Effect.StartResources(var term) -> resources.start(term);
      case Effect.StopResources _ -> resources.stop();
      case Effect.Follow(var source) -> dataset.follow(source);
      case Effect.Sync(long operation, var stage, var source) ->
          dataset.sync(operation, stage, source);
      case Effect.Probe _ -> prober.look();
      case Effect.FencePeer(var peer) ->
          throw new IllegalStateException("no simulated cluster has a fence command for " + peer);
      case Effect.Announce _ -> {}
      case Effect.ReadRegister _ -> world.store.read(this);
      case Effect.WriteRegister(var wanted) -> world.store.write(this, machine.now(), wanted);
      case Effect.Answer(long operation, var reply) ->
          world.checks.answered(machine, operation, reply);
    }
  }
}
