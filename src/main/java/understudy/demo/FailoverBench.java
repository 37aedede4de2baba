package understudy.demo;

import io.avaje.jsonb.JsonType;
import io.avaje.jsonb.Jsonb;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import understudy.api.Views;
import understudy.demo.lab.LabException;
import understudy.demo.lab.ProcessSignal;
import understudy.time.Clock;
import understudy.time.Moment;

/**
 * Measures the outages of one profile: each fault at a random moment between two heartbeats,
 * because the outage depends on that moment.
 */
final class FailoverBench {
  /** What can be measured. */
  static final List<String> PROFILES = List.of("default", "fast", DemoFiles.SHORTEST);

  private static final JsonType<Map<String, Object>> LINE =
      Jsonb.builder().build().type(Object.class).map();
  private static final Duration WATCHED_ON = Duration.ofSeconds(1);
  private static final Duration HUNG_FOR = Duration.ofSeconds(8);
  private static final Duration WATCHED_AFTER_A_HANG = Duration.ofSeconds(4);
  private static final Duration LONGEST_INTERVAL = Duration.ofMillis(500);

  private final String profile;
  private final int runs;
  private final boolean keep;
  private final PrintStream progress;
  private final Consumer<String> lines;
  private final Clock clock;

  /** Every write that was acknowledged since then is looked for. */
  private Moment measuredUpTo;

  FailoverBench(
      String profile,
      int runs,
      boolean keep,
      PrintStream progress,
      Consumer<String> lines,
      Clock clock) {
    this.profile = profile;
    this.runs = runs;
    this.keep = keep;
    this.progress = progress;
    this.lines = lines;
    this.clock = clock;
    this.measuredUpTo = clock.now();
  }

  /** What happens to the active node. */
  private enum Fault {
    HOST_DEAD("host-dead"),
    SWITCHOVER("switchover"),
    DAEMON_KILLED("daemon-killed"),
    DAEMON_HANGS("daemon-hangs");

    private final String word;

    Fault(String word) {
      this.word = word;
    }
  }

  /** The words of all scenarios. */
  static List<String> scenarios() {
    return Arrays.stream(Fault.values()).map(fault -> fault.word).toList();
  }

  /**
   * Prints all lines.
   *
   * @param only the scenario; empty: all of them, and what the daemons take
   */
  void run(Optional<String> only) throws DemoException, LabException, InterruptedException {
    var wish = new Demo.Wish(Optional.empty(), profile, keep, progress);
    try (Demo demo = Demo.start(wish, Network::open, clock)) {
      if (keep) {
        progress.println("logs and states are in " + demo.work());
      }
      if (only.isEmpty()) {
        new DaemonFigures(demo, clock).all().forEach(this::print);
      }
      for (Fault fault : Fault.values()) {
        if (!only.orElse(fault.word).equals(fault.word)) {
          continue;
        }
        List<Outcome> outcomes = new ArrayList<>();
        for (int run = 1; run <= runs; run++) {
          outcomes.add(play(demo, fault, run));
        }
        summarize(fault, outcomes);
      }
    }
  }

  private Outcome play(Demo demo, Fault fault, int run)
      throws DemoException, LabException, InterruptedException {
    progress.printf("%s %s: run %d of %d%n", profile, fault.word, run, runs);
    DemoNode active = demo.pair().awaitProtected();
    DemoNode standby = demo.pair().other(active);
    LockSupport.parkNanos(WATCHED_ON.toNanos());
    LockSupport.parkNanos(RandomGenerator.getDefault().nextLong(LONGEST_INTERVAL.toNanos()));
    Moment begun = clock.now();
    Map<String, Object> line = line(fault);
    line.put("run", run);
    switch (fault) {
      case HOST_DEAD -> {
        network(demo).faults().powerOff(active.name());
        active.awaitEnd();
      }
      case SWITCHOVER -> Steps.order(active, "switchover", "--wait=60s", "--yes");
      case DAEMON_KILLED -> {
        active.killDaemon();
        line.put("address_gone_ms", AddressWatch.untilGone(network(demo), active, begun, clock));
      }
      case DAEMON_HANGS -> {
        ProcessSignal.STOP.send(List.of(active.daemon().pid()));
        LockSupport.parkNanos(HUNG_FOR.toNanos());
        ProcessSignal.CONT.send(List.of(active.daemon().pid()));
        LockSupport.parkNanos(WATCHED_AFTER_A_HANG.toNanos());
      }
    }
    if (demo.client().meter().awaitWriteOf(standby.name(), begun, Pair.PATIENCE).isEmpty()) {
      throw new DemoException(standby.name() + " never served\n" + demo.pair().testimony());
    }
    LockSupport.parkNanos(WATCHED_ON.toNanos());
    long term = standby.row().map(Views.NodeRow::term).orElse(0L);
    Outcome outcome =
        new Measurement(demo.client(), measuredUpTo, begun).end(clock, standby.data(), term);
    line.put("outage_ms", rounded(outcome.outage()));
    line.put("lost_writes", outcome.lostWrites());
    line.put("dual_ms", outcome.dual().toMillis());
    line.put("path", String.join(">", outcome.path()));
    print(line);
    measuredUpTo = clock.now();
    network(demo).heal();
    demo.pair().startAll();
    return outcome;
  }

  private static Network network(Demo demo) {
    return (Network) demo.ground();
  }

  private Map<String, Object> line(Fault fault) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("scenario", fault.word);
    return line;
  }

  private void summarize(Fault fault, List<Outcome> outcomes) {
    List<Duration> sorted = outcomes.stream().map(Outcome::outage).sorted().toList();
    Map<String, Object> line = line(fault);
    line.put("runs", sorted.size());
    line.put("outage_ms_median", rounded(sorted.get(sorted.size() / 2)));
    line.put("outage_ms_min", rounded(sorted.getFirst()));
    line.put("outage_ms_p99", rounded(sorted.get(nearestRank(sorted.size(), 99))));
    line.put("outage_ms_max", rounded(sorted.getLast()));
    line.put("lost_writes", outcomes.stream().mapToLong(Outcome::lostWrites).sum());
    line.put("dual_ms", outcomes.stream().mapToLong(each -> each.dual().toMillis()).sum());
    print(line);
  }

  /** Where the least of {@code count} sorted figures stands that so many percent do not exceed. */
  static int nearestRank(int count, int percent) {
    return (count * percent + 99) / 100 - 1;
  }

  private void print(Map<String, Object> figures) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("engine", "understudy");
    line.put("profile", profile);
    line.putAll(figures);
    lines.accept(LINE.toJson(line));
  }

  private static double rounded(Duration outage) {
    return Math.round(outage.toNanos() / 1e5) / 10.0;
  }
}
