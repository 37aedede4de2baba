package understudy.simulator;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import understudy.failover.Rule;

/**
 * Lives through many simulated worlds, one for each seed, on several threads, and tells which
 * promises held. The same seed gives the same world, whatever runs beside it.
 */
public final class Simulation {
  /** Who has broken so many promises is broken: more worlds would show nothing new. */
  private static final int MOST_FAILURES = 1_000;

  private final Build build;
  private final Set<Fault> faults;
  private final Duration life;
  private final AtomicInteger begun = new AtomicInteger();
  private final AtomicBoolean stopped = new AtomicBoolean();

  Simulation(Build build, Set<Fault> faults, Duration life) {
    this.build = build;
    this.faults = faults;
    this.life = life;
  }

  /** Worlds of the rules as shipped, each at least {@code life} long. */
  static Simulation shipped(Set<Fault> faults, Duration life) {
    return new Simulation(Build.shipped(), faults, life);
  }

  /** A world in which a promise was broken. */
  public record Failure(long seed, String promise, String what) {}

  /**
   * What came of many worlds.
   *
   * @param simulated time lived through, all worlds together
   * @param skipped the part of it that was calm and jumped over
   * @param steps decisions taken
   * @param failures by seed
   * @param rules how many worlds saw each rule
   */
  public record Outcome(
      int worlds,
      Duration simulated,
      Duration skipped,
      long steps,
      List<Failure> failures,
      Map<Rule, Integer> rules) {
    public boolean isGood() {
      return failures.isEmpty();
    }
  }

  /** No further world is begun; {@link #run} returns what there is. May be called by any thread. */
  public void stop() {
    stopped.set(true);
  }

  /** Worlds begun so far. May be called by any thread. */
  public int begun() {
    return begun.get();
  }

  /**
   * Lives through {@code worlds} worlds from {@code firstSeed} on. Blocks until done or stopped.
   */
  public Outcome run(int worlds, long firstSeed, int threads) throws InterruptedException {
    var tallies = new ArrayList<Tally>();
    var workers = new ArrayList<Thread>();
    for (int i = 0; i < threads; i++) {
      var tally = new Tally();
      tallies.add(tally);
      workers.add(
          Thread.ofPlatform()
              .name("simulation-" + i)
              .daemon()
              .start(() -> live(tally, worlds, firstSeed)));
    }
    try {
      for (Thread worker : workers) {
        worker.join();
      }
    } finally {
      stop();
    }
    var all = new Tally();
    tallies.forEach(all::add);
    return all.outcome();
  }

  private void live(Tally tally, int worlds, long firstSeed) {
    while (!stopped.get() && tally.failed() < MOST_FAILURES) {
      int next = begun.getAndIncrement();
      if (next >= worlds) {
        begun.set(worlds);
        return;
      }
      tally.live(firstSeed + next, weather(firstSeed + next, Trace.none()));
    }
  }

  private Weather weather(long seed, Trace trace) {
    return new Weather(seed, faults, life, build, trace);
  }

  /** Lives through one world and tells {@code trace} all that happens. */
  Outcome replay(long seed, Trace trace) {
    var tally = new Tally();
    tally.live(seed, weather(seed, trace));
    return tally.outcome();
  }
}
