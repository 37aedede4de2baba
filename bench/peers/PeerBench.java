import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import understudy.demo.lab.Client;
import understudy.demo.lab.Faults;
import understudy.demo.lab.JavaProgram;
import understudy.demo.lab.LabException;
import understudy.demo.lab.Namespaces;
import understudy.demo.lab.ProcessSignal;
import understudy.demo.lab.Trace;
import understudy.time.Moment;
import understudy.time.SystemClock;

/**
 * The lab and the client of the demo around one {@link Engine}, for one run.
 *
 * <p>Hosts a (active) and b run the service all the time, as is usual with engines that move an
 * address; the client on host c writes to the shared address every 10 ms. No data is moved, so loss
 * is not counted.
 */
final class PeerBench implements AutoCloseable {
  private static final int PORT = 7000;
  private static final Duration LIMIT = Duration.ofSeconds(90);
  private static final Duration COMMAND_LIMIT = Duration.ofSeconds(30);
  private static final Duration SETTLE = Duration.ofSeconds(1);
  private static final Duration KILLED_FOR = Duration.ofSeconds(8);
  private static final SystemClock CLOCK = new SystemClock();

  /** What happens to host a. */
  private enum Scenario {
    HOST_DEAD,
    SWITCHOVER,
    DAEMON_KILLED;

    String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** Puts an engine into a lab. */
  interface Maker {
    Engine make(PeerBench lab) throws Exception;
  }

  private final Path work = Files.createTempDirectory("understudy-bench-");
  private final Namespaces lab = Namespaces.create(List.of("a", "b", "c"), 1);
  private final Faults faults = lab.faults();
  private final Client client;

  private PeerBench() throws Exception {
    client =
        Client.start(
            new InetSocketAddress(lab.free(0, 100), PORT),
            Map.of(),
            command -> lab.inside("c", command),
            CLOCK);
  }

  /** Plays every scenario so many times, each in a new lab, and prints the lines. */
  static void measure(Maker maker, int runs) throws Exception {
    for (Scenario scenario : Scenario.values()) {
      List<Double> outages = new ArrayList<>();
      Map<String, Object> summary = new LinkedHashMap<>();
      for (int run = 1; run <= runs; run++) {
        try (PeerBench bench = new PeerBench()) {
          Engine engine = maker.make(bench);
          summary = fields(engine, scenario);
          bench.play(engine, scenario, run, outages);
        }
      }
      Collections.sort(outages);
      summary.put("runs", outages.size());
      summary.put("outage_ms_median", outages.get(outages.size() / 2));
      summary.put("outage_ms_min", outages.getFirst());
      summary.put("outage_ms_max", outages.getLast());
      System.out.println(json(summary));
    }
  }

  /** Says that a peer is not here and returns false when one of its programs is missing. */
  static boolean isInstalled(String engine, String... programs) {
    for (String program : programs) {
      boolean found =
          Stream.of("/usr/sbin", "/usr/bin", "/sbin", "/bin")
              .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
      if (!found) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("engine", engine);
        line.put("not_run", program + " is not installed");
        System.out.println(json(line));
        return false;
      }
    }
    return true;
  }

  private void play(Engine engine, Scenario scenario, int run, List<Double> outages)
      throws Exception {
    for (String host : List.of("a", "b")) {
      start(host, JavaProgram.numberedWriter(host, home(host), "0.0.0.0", PORT));
    }
    engine.begin();
    served("a", CLOCK.now(), "a never served");
    pause(SETTLE.plus(engine.interval().multipliedBy(3)));
    pause(Duration.ofNanos(RandomGenerator.getDefault().nextLong(engine.interval().toNanos())));
    Moment start = CLOCK.now();
    served("a", start, "a stopped serving before the fault");
    Moment fault = CLOCK.now();
    Map<String, Object> line = fields(engine, scenario);
    line.put("run", run);
    switch (scenario) {
      case HOST_DEAD -> {
        faults.powerOff("a");
        served("b", fault, "b never served");
      }
      case SWITCHOVER -> {
        engine.handOver();
        served("b", fault, "b never served");
      }
      case DAEMON_KILLED -> {
        ProcessSignal.KILL.send(engine.daemons("a"));
        pause(KILLED_FOR);
        line.put("address_on_a_after_8_s", holds("a"));
        line.put("address_on_b_after_8_s", holds("b"));
      }
    }
    pause(SETTLE);
    Moment end = CLOCK.now();
    Trace trace = client.meter().trace();
    double outage = trace.outage(fault, end).toNanos() / 1e6;
    outages.add(outage);
    line.put("outage_ms", outage);
    line.put("path", String.join(">", shortened(trace.servedBy(start, end))));
    System.out.println(json(line));
  }

  private static List<String> shortened(List<String> path) {
    return path.size() <= 8 ? path : List.of("a", "b", (path.size() - 1) + " changes");
  }

  /** The address that moves. */
  String shared() {
    return lab.free(0, 100).getHostAddress();
  }

  /** A host's own address. */
  String address(String host) {
    return lab.address(host, 0).getHostAddress();
  }

  /** A directory for what belongs to a host. */
  Path home(String host) throws IOException {
    return Files.createDirectories(work.resolve(host));
  }

  /** Ids of all processes on a host. */
  List<Long> processes(String host) throws LabException {
    return lab.processes(host);
  }

  /** Starts a program on a host; what it says goes to that host's log. */
  void start(String host, List<String> command) throws IOException {
    new ProcessBuilder(lab.inside(host, command))
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(work.resolve(host + ".log").toFile()))
        .start();
  }

  /** Runs a command on a host; empty when it fails or takes too long, else what it says. */
  String ask(String host, List<String> command) throws IOException, InterruptedException {
    Path said = Files.createTempFile(work, "said", "");
    Process asked =
        new ProcessBuilder(lab.inside(host, command))
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    if (!asked.waitFor(COMMAND_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
      asked.destroyForcibly();
      return "";
    }
    return asked.exitValue() == 0 ? Files.readString(said) : "";
  }

  /** As {@link #ask}, for a command that has to succeed. */
  void demand(String host, List<String> command) throws Exception {
    Path said = Files.createTempFile(work, "said", "");
    Process asked =
        new ProcessBuilder(lab.inside(host, command))
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    if (asked.waitFor() != 0) {
      throw new LabException(command + ": " + Files.readString(said) + logs());
    }
  }

  /** Something that comes true. */
  interface Claim {
    boolean holds() throws Exception;
  }

  /** Waits until it holds. */
  void await(String what, Claim claim) throws Exception {
    Moment end = CLOCK.now().plus(LIMIT);
    while (!claim.holds()) {
      if (!CLOCK.now().isBefore(end)) {
        throw new LabException("not within " + LIMIT + ": " + what + "; logs:\n" + logs());
      }
      pause(Duration.ofMillis(100));
    }
  }

  boolean holds(String host) throws Exception {
    return ask(host, List.of("ip", "-4", "addr", "show", "dev", "eth0")).contains(shared() + "/");
  }

  private void served(String host, Moment after, String otherwise) throws Exception {
    if (client.meter().awaitWriteOf(host, after, LIMIT).isEmpty()) {
      throw new LabException(otherwise + "; logs:\n" + logs());
    }
  }

  private String logs() throws IOException {
    StringBuilder all = new StringBuilder();
    for (String host : List.of("a", "b")) {
      Path log = work.resolve(host + ".log");
      all.append(Files.exists(log) ? Files.readString(log) : "");
    }
    return all.toString();
  }

  private static void pause(Duration duration) throws InterruptedException {
    Thread.sleep(duration);
  }

  private static Map<String, Object> fields(Engine engine, Scenario scenario) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("engine", engine.name());
    fields.put("profile", engine.profile());
    fields.put("scenario", scenario.word());
    return fields;
  }

  private static String json(Map<String, Object> fields) {
    List<String> parts = new ArrayList<>();
    fields.forEach(
        (name, value) ->
            parts.add(
                "\"%s\":%s"
                    .formatted(
                        name,
                        switch (value) {
                          case Double number -> "%.1f".formatted(number);
                          case String text -> "\"" + text + "\"";
                          default -> value.toString();
                        })));
    return "{" + String.join(",", parts) + "}";
  }

  @Override
  public void close() throws Exception {
    client.close();
    lab.close();
    try (Stream<Path> files = Files.walk(work)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
