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
 * Measures keepalived in the lab of the demo, with the client of the demo.
 *
 * <p>Hosts a (active) and b run keepalived and, as is usual with it, the service all the time; the
 * client on host c writes to the shared address every 10 ms. The fault comes at a random moment
 * between two advertisements. keepalived moves an address and no data, so loss is not counted.
 *
 * <pre>bench/run keepalived [RUNS]</pre>
 */
public final class Keepalived implements AutoCloseable {
  private static final int PORT = 7000;
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final Duration SETTLE = Duration.ofSeconds(1);
  private static final SystemClock CLOCK = new SystemClock();

  /** Advertisement interval and protocol version; version 2 knows whole seconds only. */
  private enum Profile {
    DEFAULT(Duration.ofSeconds(1), 2),
    FAST(Duration.ofMillis(100), 3);

    final Duration interval;
    final int version;

    Profile(Duration interval, int version) {
      this.interval = interval;
      this.version = version;
    }

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private enum Scenario {
    HOST_DEAD,
    SWITCHOVER,
    DAEMON_KILLED;

    String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  public static void main(String[] arguments) throws Exception {
    int runs = arguments.length == 0 ? 5 : Integer.parseInt(arguments[0]);
    if (!isInstalled()) {
      System.out.println(json(fields("not_run", "keepalived is not installed")));
      return;
    }
    for (Profile profile : Profile.values()) {
      for (Scenario scenario : Scenario.values()) {
        List<Double> outages = new ArrayList<>();
        for (int run = 1; run <= runs; run++) {
          try (Keepalived pair = new Keepalived(profile)) {
            pair.play(scenario, run, outages);
          }
        }
        summarize(profile, scenario, outages);
      }
    }
  }

  private static boolean isInstalled() throws InterruptedException {
    try {
      return new ProcessBuilder("keepalived", "--version")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private final Profile profile;
  private final Path work = Files.createTempDirectory("understudy-bench-");
  private final Namespaces lab = Namespaces.create(List.of("a", "b", "c"), 1);
  private final Faults faults = lab.faults();
  private final String shared = lab.free(0, 100).getHostAddress();
  private final Client client;

  private Keepalived(Profile profile) throws Exception {
    this.profile = profile;
    this.client =
        Client.start(
            new InetSocketAddress(lab.free(0, 100), PORT),
            Map.of(),
            command -> lab.inside("c", command),
            CLOCK);
    begin("a", "MASTER", 100);
    served("a", CLOCK.now(), "a never served");
    begin("b", "BACKUP", 90);
    pause(SETTLE.plus(profile.interval.multipliedBy(3)));
  }

  private void begin(String host, String state, int priority) throws IOException {
    Path home = Files.createDirectory(work.resolve(host));
    start(host, JavaProgram.numberedWriter(host, home, "0.0.0.0", PORT));
    Path configuration = home.resolve("keepalived.conf");
    Files.writeString(
        configuration,
        """
        global_defs {
          router_id %s
          vrrp_version %d
          script_user root
        }
        vrrp_instance pair {
          state %s
          interface eth0
          virtual_router_id 51
          priority %d
          advert_int %s
          virtual_ipaddress { %s/24 dev eth0 }
        }
        """
            .formatted(
                host,
                profile.version,
                state,
                priority,
                profile.interval.toMillis() % 1000 == 0
                    ? Long.toString(profile.interval.toSeconds())
                    : Double.toString(profile.interval.toMillis() / 1000.0),
                shared));
    start(
        host,
        List.of(
            "keepalived",
            "--dont-fork",
            "--log-console",
            "--vrrp",
            "--use-file=" + configuration,
            "--pid=" + home.resolve("pid"),
            "--vrrp_pid=" + home.resolve("vrrp")));
  }

  private void start(String host, List<String> command) throws IOException {
    new ProcessBuilder(lab.inside(host, command))
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(work.resolve(host + ".log").toFile()))
        .start();
  }

  private void play(Scenario scenario, int run, List<Double> outages) throws Exception {
    pause(Duration.ofNanos(RandomGenerator.getDefault().nextLong(profile.interval.toNanos())));
    Moment start = CLOCK.now();
    served("a", start, "a stopped serving before the fault");
    Moment fault = CLOCK.now();
    Map<String, Object> line = fields("profile", profile.word());
    line.put("scenario", scenario.word());
    line.put("run", run);
    switch (scenario) {
      case HOST_DEAD -> {
        faults.powerOff("a");
        served("b", fault, "b never served");
      }
      case SWITCHOVER -> {
        ProcessSignal.TERM.send(List.of(pid("a")));
        served("b", fault, "b never served");
      }
      case DAEMON_KILLED -> {
        ProcessSignal.KILL.send(daemons("a"));
        pause(Duration.ofSeconds(8));
        line.put("address_on_a_after_8_s", holds("a"));
        line.put("address_on_b_after_8_s", holds("b"));
      }
    }
    pause(Duration.ofSeconds(1));
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

  private static void summarize(Profile profile, Scenario scenario, List<Double> outages) {
    Collections.sort(outages);
    Map<String, Object> line = fields("profile", profile.word());
    line.put("scenario", scenario.word());
    line.put("runs", outages.size());
    line.put("outage_ms_median", outages.get(outages.size() / 2));
    line.put("outage_ms_min", outages.getFirst());
    line.put("outage_ms_max", outages.getLast());
    System.out.println(json(line));
  }

  private long pid(String host) throws IOException {
    return Long.parseLong(Files.readString(work.resolve(host).resolve("pid")).strip());
  }

  private List<Long> daemons(String host) throws IOException {
    return ProcessSignal.treeOf(ProcessHandle.of(pid(host)).orElseThrow());
  }

  private boolean holds(String host) throws Exception {
    Process shown =
        new ProcessBuilder(lab.inside(host, List.of("ip", "-4", "addr", "show", "dev", "eth0")))
            .start();
    String text = new String(shown.getInputStream().readAllBytes());
    return shown.waitFor() == 0 && text.contains(shared + "/");
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

  private static Map<String, Object> fields(String name, Object value) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("engine", "keepalived");
    fields.put(name, value);
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
