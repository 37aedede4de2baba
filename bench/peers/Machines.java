import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import understudy.demo.lab.Client;
import understudy.demo.lab.Faults;
import understudy.demo.lab.JavaProgram;
import understudy.demo.lab.LabException;
import understudy.demo.lab.Namespaces;
import understudy.time.Moment;
import understudy.time.SystemClock;

/**
 * The machines of one run, as the lab of the demo makes them: hosts {@code a} and {@code b} of the
 * pair, {@code c} with the client, {@code third} for engines that need one, and an observer beside
 * each host of the pair. Closing ends every process and removes every file.
 */
final class Machines implements AutoCloseable {
  static final SystemClock CLOCK = new SystemClock();
  static final String THIRD = "third";

  private static final int PORT = 7000;
  private static final int SHARED = 100;
  private static final Map<String, String> OBSERVERS = Map.of("a", "east", "b", "west");
  private static final Duration LIMIT = Duration.ofSeconds(90);
  private static final Duration COMMAND_LIMIT = Duration.ofSeconds(30);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);

  private final Path work = Files.createTempDirectory("understudy-bench-");
  private final Namespaces hosts =
      Namespaces.create(List.of("a", "b", "c", THIRD, "east", "west"), 1);

  Machines() throws IOException, LabException {
    // databases run as users of their own
    Files.setPosixFilePermissions(work, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  Faults faults() {
    return hosts.faults();
  }

  /** The address that moves. */
  String shared() {
    return hosts.free(0, SHARED).getHostAddress();
  }

  /** A host's own address. */
  String address(String host) {
    return hosts.address(host, 0).getHostAddress();
  }

  /** A directory for what belongs to a host. */
  Path home(String host) throws IOException {
    return Files.createDirectories(work.resolve(host));
  }

  /** Starts the service on both hosts, as is usual with engines that only move an address. */
  void startWriters() throws IOException {
    for (String host : List.of("a", "b")) {
      Path ledger = Files.createDirectories(home(host).resolve("ledger"));
      start(host, JavaProgram.numberedWriter(host, ledger, "0.0.0.0", PORT));
    }
  }

  /**
   * A client that writes to the shared address. Beside it, one observer for each host speaks to
   * that address with the host's hardware address: only a host that has the address answers, and
   * both are seen when both do.
   */
  Client clientOfSharedAddress() throws Exception {
    InetSocketAddress service = new InetSocketAddress(hosts.free(0, SHARED), PORT);
    Client client = Client.start(service, Map.of(), command -> hosts.inside("c", command), CLOCK);
    for (Map.Entry<String, String> each : OBSERVERS.entrySet()) {
      String card = ask(each.getKey(), List.of("cat", "/sys/class/net/eth0/address")).strip();
      demand(
          each.getValue(),
          List.of(
              "ip",
              "neigh",
              "replace",
              shared(),
              "lladdr",
              card,
              "dev",
              "eth0",
              "nud",
              "permanent"));
      client.askFrom(each.getKey(), service, command -> hosts.inside(each.getValue(), command));
    }
    return client;
  }

  /** A client that writes to both hosts at their own addresses: only who serves acknowledges. */
  Client clientOfBoth() throws LabException {
    Map<String, InetSocketAddress> services = new LinkedHashMap<>();
    for (String host : List.of("a", "b")) {
      services.put(host, new InetSocketAddress(hosts.address(host, 0), PORT));
    }
    return Client.start(
        List.copyOf(services.values()), services, command -> hosts.inside("c", command), CLOCK);
  }

  /** The port that services listen on. */
  int port() {
    return PORT;
  }

  /** Starts a program on a host; what it says goes to that host's log. */
  void start(String host, List<String> command) throws IOException {
    new ProcessBuilder(hosts.inside(host, command))
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(work.resolve(host + ".log").toFile()))
        .start();
  }

  /** Runs a command on a host; empty when it fails or takes too long, else what it says. */
  String ask(String host, List<String> command) throws IOException, InterruptedException {
    Said said = run(host, command);
    return said.isDone() ? said.text() : "";
  }

  /** As {@link #ask}, for a command that has to succeed. */
  void demand(String host, List<String> command) throws Exception {
    Said said = run(host, command);
    if (!said.isDone()) {
      throw new LabException(String.join(" ", command) + ": " + said.text());
    }
  }

  private record Said(boolean isDone, String text) {}

  private Said run(String host, List<String> command) throws IOException, InterruptedException {
    Path said = Files.createTempFile(work, "said", "");
    Process asked =
        new ProcessBuilder(hosts.inside(host, command))
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    if (!asked.waitFor(COMMAND_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
      asked.destroyForcibly();
      return new Said(false, "no end within " + COMMAND_LIMIT);
    }
    return new Said(asked.exitValue() == 0, Files.readString(said));
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
        throw new LabException("not within " + LIMIT + ": " + what);
      }
      Thread.sleep(BETWEEN_LOOKS);
    }
  }

  /** The host has the shared address. */
  boolean holds(String host) throws Exception {
    return ask(host, List.of("ip", "-4", "addr", "show", "dev", "eth0")).contains(shared() + "/");
  }

  /** Ids of all processes on a host. */
  List<Long> processes(String host) throws LabException {
    return hosts.processes(host);
  }

  /** Ids of the processes on a host whose short names are like this. */
  List<Long> processes(String host, Pattern name) throws Exception {
    List<Long> found = new ArrayList<>();
    for (long process : processes(host)) {
      Path comm = Path.of("/proc", Long.toString(process), "comm");
      if (Files.exists(comm) && name.matcher(Files.readString(comm).strip()).matches()) {
        found.add(process);
      }
    }
    return found;
  }

  /** What everything on the hosts has said. */
  String logs() throws IOException {
    StringBuilder all = new StringBuilder();
    for (String host : List.of("a", "b", THIRD)) {
      Path log = work.resolve(host + ".log");
      if (Files.exists(log)) {
        all.append("--- ").append(host).append('\n').append(Files.readString(log));
      }
    }
    return all.toString();
  }

  @Override
  public void close() throws IOException, LabException {
    hosts.close();
    try (Stream<Path> files = Files.walk(work)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
