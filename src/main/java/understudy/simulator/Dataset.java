package understudy.simulator;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import understudy.failover.Heartbeat.Stage;
import understudy.failover.Input;
import understudy.failover.NodeName;
import understudy.failover.Situation;
import understudy.failover.Situation.StopCause;
import understudy.failover.Standing;
import understudy.failover.Term;
import understudy.time.Moment;

/** Copies data from the node that is followed, and says what the own data is worth. */
final class Dataset {
  private static final Duration EVERY = Duration.ofMillis(700);

  private final World world;
  private final Machine machine;
  private final Daemon daemon;
  private Optional<NodeName> source = Optional.empty();
  private long pulls;
  private Moment keptFrom;

  Dataset(World world, Machine machine, Daemon daemon) {
    this.world = world;
    this.machine = machine;
    this.daemon = daemon;
    this.keptFrom = machine.now();
  }

  void begin() {
    world.after(world.chance.between(Duration.ZERO, EVERY), this::work);
  }

  /** What a starting daemon knows of the data on disk. */
  Standing found() {
    if (!world.setup.hasData() || machine.isWitness()) {
      return new Standing.NothingToCopy();
    }
    return machine.isWhole() || !world.build.knowsWholeness()
        ? new Standing.Undated(machine.content().head())
        : new Standing.Incomplete("nothing was copied yet");
  }

  void follow(Optional<NodeName> wanted) {
    source = wanted;
    pulls++;
  }

  void settle(Term term) {
    pulls++;
    boolean troubled = machine.luck().strikes(Trouble.DATA_NOT_WHOLE);
    world.after(
        world.chance.milliseconds(1, 200),
        () ->
            daemon.hand(
                at ->
                    new Input.DataSettled(
                        at,
                        term,
                        standing(at),
                        troubled ? Optional.of("disk error") : Optional.empty())));
  }

  private Standing standing(Moment at) {
    return found() instanceof Standing.Undated(String head)
        ? new Standing.Complete(head, at)
        : found();
  }

  void sync(long operation, Stage stage, NodeName from) {
    if (!world.setup.hasData()) {
      daemon.hand(at -> new Input.Synced(at, operation, stage, found(), Optional.empty()));
      return;
    }
    pull(
        from,
        standing ->
            daemon.hand(at -> new Input.Synced(at, operation, stage, standing, Optional.empty())),
        () ->
            daemon.hand(
                at ->
                    new Input.Synced(
                        at, operation, stage, found(), Optional.of("the source went away"))));
  }

  private void work() {
    if (!daemon.isAlive()) {
      return;
    }
    world.after(EVERY, this::work);
    if (daemon.isPaused() || !world.setup.hasData() || machine.isWitness()) {
      return;
    }
    if (isSource(daemon.state().situation())) {
      measure();
    } else if (source.isPresent()) {
      pull(
          source.get(),
          standing -> daemon.hand(at -> new Input.DataStands(at, standing)),
          () -> {});
    }
  }

  /** Serves, or has just stopped to hand over: nothing is newer than what is here. */
  static boolean isSource(Situation situation) {
    return switch (situation) {
      case Situation.Active _ -> true;
      case Situation.Stopping(var cause, _) -> cause instanceof StopCause.HandingOver;
      case Situation.Standby _,
          Situation.Frozen _,
          Situation.Starting _,
          Situation.Witnessing _,
          Situation.Detached _ ->
          false;
    };
  }

  /** The source looks at its own data: true as of the moment at which the look began. */
  private void measure() {
    Moment begun = machine.now();
    String head = machine.content().head();
    long mine = pulls;
    world.after(
        world.chance.milliseconds(1, 100),
        () -> {
          if (mine == pulls) {
            daemon.hand(at -> new Input.DataStands(at, new Standing.Complete(head, begun)));
          }
        });
  }

  private void pull(NodeName from, Consumer<Standing> done, Runnable failed) {
    Machine other = world.machine(from);
    Moment begun = machine.now();
    Content copy = other.content();
    long readAtNanos = world.livedNanos();
    long mine = pulls;
    boolean reached =
        isReachable(other) && other.isWhole() && !machine.luck().strikes(Trouble.SYNC_FAILS);
    if (machine.luck().strikes(Trouble.SYNC_HANGS)) {
      return;
    }
    world.after(
        world.chance.happens(0.8)
            ? world.chance.milliseconds(1, 150)
            : world.chance.milliseconds(150, 1_500),
        () -> {
          if (mine != pulls || !daemon.isAlive()) {
            return;
          }
          if (begun.isBefore(keptFrom)) {
            // Something newer was copied meanwhile: that will do as well.
            done.accept(new Standing.Complete(machine.content().head(), keptFrom));
          } else if (reached && isReachable(other)) {
            machine.keep(copy, readAtNanos);
            keptFrom = begun;
            done.accept(new Standing.Complete(copy.head(), begun));
          } else {
            failed.run();
          }
        });
  }

  private boolean isReachable(Machine other) {
    return other.daemon().filter(peer -> !peer.isPaused()).isPresent()
        && other.release().equals(machine.release())
        && world.network.passes(machine, other)
        && world.network.passes(other, machine);
  }
}
