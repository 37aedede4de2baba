package understudy.simulator;

import java.time.Duration;
import java.util.Set;

/** The life of a drawn world: storms of faults and wishes, and calm between them. */
final class Weather {
  private static final Duration SHORTEST_CALM = Duration.ofMinutes(10);
  private static final Duration LONGEST_CALM = Duration.ofMinutes(110);

  private final World world;
  private final Duration life;

  Weather(long seed, Set<Fault> faults, Duration life, Build build, Trace trace) {
    var chance = new Chance(seed);
    this.world = new World(chance, Setup.drawn(chance, new Chance(~seed), faults), build, trace);
    this.life = life;
  }

  World world() {
    return world;
  }

  /**
   * Lives it.
   *
   * @throws Violation at the first broken promise
   */
  void live() {
    begin();
    storm();
    while (world.nowNanos() < life.toNanos()) {
      calm(world.chance.between(SHORTEST_CALM, LONGEST_CALM));
      storm();
    }
  }

  void begin() {
    world.tell("world", world.setup::toString);
    world.machines.forEach(Machine::start);
  }

  /** Lets faults and people loose, heals everything, and sees that the cluster comes to rest. */
  void storm() {
    var faults = new Faults(world);
    var operator = new Operator(world);
    world.storm.begins();
    faults.begin();
    operator.begin();
    world.runFor(world.setup.length());
    faults.end();
    operator.end();
    world.tell("world", () -> "everything heals");
    world.comeToRest();
  }

  /**
   * Nothing happens for a while. What a cluster at rest does repeats itself: when it was seen to do
   * nothing but that for some time, the rest is jumped over.
   */
  void calm(Duration length) {
    long end = Math.min(world.nowNanos() + length.toNanos(), life.toNanos());
    do {
      long told = world.checks.told();
      world.runFor(world.setup.timing().primaryTimeout().multipliedBy(4));
      world.checks.atRest();
      if (told == world.checks.told()) {
        world.skipTo(end);
      }
    } while (world.nowNanos() < end);
  }
}
