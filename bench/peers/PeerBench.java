import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import understudy.demo.lab.Acknowledged;
import understudy.demo.lab.Client;
import understudy.demo.lab.LabException;
import understudy.demo.lab.ProcessSignal;
import understudy.demo.lab.Trace;
import understudy.demo.lab.WrittenNumber;
import understudy.time.Moment;
import understudy.time.SystemClock;

/** Plays every scenario with one contender, each run on new machines, and prints the lines. */
final class PeerBench {
  private static final SystemClock CLOCK = Machines.CLOCK;
  private static final Duration LIMIT = Duration.ofSeconds(120);
  private static final Duration SETTLE = Duration.ofSeconds(1);
  private static final Duration AFTER_A_HANG = Duration.ofSeconds(4);
  private static final int LONGEST_PATH = 8;

  private final Contender contender;
  private final int runs;
  private boolean failed;

  private PeerBench(Contender contender, int runs) {
    this.contender = contender;
    this.runs = runs;
  }

  /**
   * Measures contenders, unless a program of theirs is missing; ends the process with 1 when a run
   * failed.
   *
   * @param arguments {@code [RUNS [PROFILE]]}: how many runs of each, five by default; all profiles
   *     by default
   * @param programs that must be installed
   */
  static void run(List<? extends Contender> contenders, String[] arguments, String... programs) {
    int runs = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 5;
    Optional<String> missing = Stream.of(programs).filter(it -> !isInstalled(it)).findFirst();
    if (missing.isPresent()) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("engine", contenders.getFirst().engine());
      line.put("not_run", missing.get() + " is not installed");
      Lines.print(line);
      return;
    }
    boolean failed = false;
    for (Contender contender : contenders) {
      if (arguments.length < 2 || contender.profile().equals(arguments[1])) {
        failed |= new PeerBench(contender, runs).measure();
      }
    }
    System.exit(failed ? 1 : 0);
  }

  private static boolean isInstalled(String program) {
    return Stream.of("/usr/sbin", "/usr/bin", "/sbin", "/bin")
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
  }

  /** What a run showed. */
  private record Seen(double outageMillis, long dualMillis, Optional<Integer> lostWrites) {}

  private boolean measure() {
    for (Scenario scenario : Scenario.values()) {
      List<Seen> all = new ArrayList<>();
      for (int run = 1; run <= runs; run++) {
        System.err.printf(
            "%s %s %s: run %d of %d%n",
            contender.engine(), contender.profile(), scenario.word(), run, runs);
        Map<String, Object> line = Lines.of(contender, scenario);
        line.put("run", run);
        attempt(scenario, line).ifPresent(all::add);
        Lines.print(line);
      }
      if (!all.isEmpty()) {
        summarize(scenario, all);
      }
    }
    return failed;
  }

  /** A run that fails is told in its line and does not end the bench. */
  private Optional<Seen> attempt(Scenario scenario, Map<String, Object> line) {
    try (Machines machines = new Machines()) {
      try {
        return Optional.of(play(machines, scenario, line));
      } catch (Exception broken) {
        System.err.println(machines.logs());
        throw broken;
      }
    } catch (Exception broken) {
      failed = true;
      line.put("failed", String.valueOf(broken.getMessage()));
      return Optional.empty();
    }
  }

  private Seen play(Machines machines, Scenario scenario, Map<String, Object> line)
      throws Exception {
    Engine engine = contender.on(machines);
    engine.begin();
    try (Client client = engine.client()) {
      served(client, "a", CLOCK.now(), "a never served");
      Thread.sleep(SETTLE.plus(engine.interval().multipliedBy(3)));
      Thread.sleep(
          Duration.ofNanos(RandomGenerator.getDefault().nextLong(engine.interval().toNanos())));
      Moment start = CLOCK.now();
      served(client, "a", start, "a stopped serving before the fault");
      Moment fault = CLOCK.now();
      inflict(machines, engine, client, scenario, fault);
      Moment end = CLOCK.now();
      Trace trace = client.meter().trace();
      Optional<Integer> lost = lost(engine, trace, start, end);
      Seen seen =
          new Seen(
              Lines.millis(trace.outage(fault, end).toNanos()),
              client.watch().dual(fault, end).toMillis(),
              lost);
      line.put("outage_ms", seen.outageMillis());
      line.put("dual_ms", seen.dualMillis());
      lost.ifPresent(writes -> line.put("lost_writes", writes));
      line.put("path", String.join(">", shortened(trace.servedBy(start, end))));
      return seen;
    }
  }

  private static void inflict(
      Machines machines, Engine engine, Client client, Scenario scenario, Moment fault)
      throws Exception {
    switch (scenario) {
      case HOST_DEAD -> {
        machines.faults().powerOff("a");
        served(client, "b", fault, "b never served");
        Thread.sleep(SETTLE);
      }
      case SWITCHOVER -> {
        engine.handOver();
        served(client, "b", fault, "b never served");
        Thread.sleep(SETTLE);
      }
      case DAEMON_KILLED -> {
        ProcessSignal.KILL.send(engine.daemons("a"));
        Thread.sleep(engine.noticed());
      }
      case DAEMON_HANGS -> {
        List<Long> stopped = engine.daemons("a");
        ProcessSignal.STOP.send(stopped);
        Thread.sleep(engine.noticed());
        ProcessSignal.CONT.send(stopped);
        Thread.sleep(AFTER_A_HANG);
      }
    }
  }

  private static void served(Client client, String host, Moment after, String otherwise)
      throws LabException, InterruptedException {
    if (client.meter().awaitWriteOf(host, after, LIMIT).isEmpty()) {
      throw new LabException(otherwise);
    }
  }

  /** Acknowledged writes that the host that acknowledged last does not have. */
  private static Optional<Integer> lost(Engine engine, Trace trace, Moment start, Moment end)
      throws Exception {
    Optional<String> last =
        trace.writes().stream()
            .max(Comparator.comparing(Acknowledged::at))
            .map(write -> write.write().node());
    Optional<Set<WrittenNumber>> ledger =
        last.isPresent() ? engine.ledger(last.get()) : Optional.empty();
    return ledger.map(kept -> trace.missingFrom(kept, start, end).size());
  }

  private static List<String> shortened(List<String> path) {
    return path.size() <= LONGEST_PATH ? path : List.of("a", "b", (path.size() - 1) + " changes");
  }

  private void summarize(Scenario scenario, List<Seen> all) {
    List<Double> outages = all.stream().map(Seen::outageMillis).sorted().toList();
    Map<String, Object> summary = Lines.of(contender, scenario);
    summary.put("runs", outages.size());
    summary.put("outage_ms_median", outages.get(outages.size() / 2));
    summary.put("outage_ms_min", outages.getFirst());
    summary.put("outage_ms_max", outages.getLast());
    summary.put("dual_ms", all.stream().mapToLong(Seen::dualMillis).sum());
    if (all.getFirst().lostWrites().isPresent()) {
      summary.put(
          "lost_writes",
          all.stream().flatMap(it -> it.lostWrites().stream()).mapToInt(it -> it).sum());
    }
    Lines.print(summary);
  }
}
