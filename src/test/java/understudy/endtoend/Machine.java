package understudy.endtoend;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import understudy.FreePort;

/** A machine on loopback: a directory with configuration, state and data, and its daemons. */
final class Machine implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(90);

  private final String name;
  private final Path home;
  private final int port = FreePort.next();
  private final List<Process> daemons = new ArrayList<>();

  Machine(Path parent, String name, String designation) throws IOException {
    this.name = name;
    this.home = Files.createDirectories(parent.resolve(name)).toRealPath();
    Files.createDirectories(data());
    Files.writeString(
        home.resolve("node.yaml"),
        """
        node: { name: %s, designation: %s }
        listen: 127.0.0.1:%d
        links: [127.0.0.1]
        state: %s
        socket: %s
        variables: { data: "%s", home: "%s" }
        """
            .formatted(
                name, designation, port, home.resolve("state"), home.resolve("s"), data(), home));
  }

  /** How a command ended. */
  record Ended(int code, String out, String err) {}

  Path home() {
    return home;
  }

  Path data() {
    return home.resolve("data");
  }

  int port() {
    return port;
  }

  /** Writes the cluster document and makes this machine the first node. */
  Machine asFirst(String cluster) throws Exception {
    Files.writeString(home.resolve("cluster.yaml"), "cluster: { name: test }\n" + cluster);
    demand("a password for tests", "init", "--cluster", "test");
    return this;
  }

  Machine joining(Machine first) throws Exception {
    demand(first.demand("", "pair", "invite").strip(), "pair", "join", "-");
    return this;
  }

  /** Runs a command to its end. */
  Ended run(String input, String... words) throws Exception {
    Path out = Files.createTempFile(home, "out", "");
    Path err = Files.createTempFile(home, "err", "");
    List<String> line = new ArrayList<>(List.of("--config", home.toString()));
    line.addAll(List.of(words));
    Process process =
        new ProcessBuilder(command(line))
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    try (OutputStream in = process.getOutputStream()) {
      in.write((input + "\n").getBytes(StandardCharsets.UTF_8));
    }
    if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError(String.join(" ", words) + " did not end");
    }
    return new Ended(process.exitValue(), Files.readString(out), Files.readString(err));
  }

  String demand(String input, String... words) throws Exception {
    Ended ended = run(input, words);
    if (ended.code() != 0) {
      throw new AssertionError(String.join(" ", words) + " on " + name + ": " + ended);
    }
    return ended.out();
  }

  /** The command line of this program, in a Java machine like this one. */
  static List<String> command(List<String> words) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "-Xmx128m",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "understudy.Main"));
    command.addAll(words);
    return command;
  }

  /** Starts a daemon on this machine's directory; what it says goes to {@code log}. */
  Process startDaemon() throws IOException {
    return startDaemon(Map.of());
  }

  /** As {@link #startDaemon()}, with more in its environment. */
  Process startDaemon(Map<String, String> environment) throws IOException {
    return start("node", environment);
  }

  /** Starts the daemon of a machine that only votes. */
  Process startWitness() throws IOException {
    return start("witness", Map.of());
  }

  private Process start(String verb, Map<String, String> environment) throws IOException {
    // under nohup SIGHUP is ignored by whatever is started, and a Java machine leaves it at that
    List<String> line = new ArrayList<>(List.of("env", "--default-signal=HUP"));
    line.addAll(command(List.of(verb, "--config", home + "/")));
    ProcessBuilder builder =
        new ProcessBuilder(line)
            .redirectErrorStream(true)
            .redirectInput(new File("/dev/null"))
            .redirectOutput(ProcessBuilder.Redirect.appendTo(home.resolve("log").toFile()));
    builder.environment().putAll(environment);
    Process daemon = builder.start();
    daemons.add(daemon);
    return daemon;
  }

  String log() throws IOException {
    Path log = home.resolve("log");
    return Files.exists(log) ? Files.readString(log) : "";
  }

  boolean says(String... words) {
    try {
      return run("", words).code() == 0;
    } catch (Exception failed) {
      throw new AssertionError(failed);
    }
  }

  void awaitRole(String role) throws Exception {
    awaitRole(name, role);
  }

  /** This machine knows that the other one has a role, so it has heard it. */
  void awaitRole(String of, String role) throws Exception {
    String row = "\"name\":\"" + of + "\",\"designation\":";
    await(
        of + " is " + role + " as " + name + " knows",
        () -> {
          String status = statusOrNothing();
          int at = status.indexOf(row);
          return at >= 0
              && status.substring(at).replaceFirst("}.*", "").contains(":\"" + role + '"');
        });
  }

  String statusOrNothing() {
    try {
      return run("", "status", "--output", "json").out();
    } catch (Exception failed) {
      throw new AssertionError(failed);
    }
  }

  void await(String what, BooleanSupplier condition) throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("not in time: " + what + "\n" + statusOrNothing() + "\n" + log());
      }
      Thread.sleep(50);
    }
  }

  /** Processes with this machine's directory in their command line. */
  List<ProcessHandle> processes() {
    return ProcessHandle.allProcesses().filter(this::isOurs).toList();
  }

  private boolean isOurs(ProcessHandle process) {
    try {
      byte[] words = Files.readAllBytes(Path.of("/proc/" + process.pid() + "/cmdline"));
      return new String(words, StandardCharsets.UTF_8).contains(home + "/");
    } catch (IOException ended) {
      return false;
    }
  }

  @Override
  public void close() {
    die();
  }

  /** Kills everything that runs on this machine. */
  void die() {
    for (Process daemon : daemons) {
      daemon.destroyForcibly().onExit().join();
    }
    for (List<ProcessHandle> left = processes(); !left.isEmpty(); left = processes()) {
      left.forEach(ProcessHandle::destroyForcibly);
      left.forEach(process -> process.onExit().join());
    }
  }

  /** Names of what lies in a directory. */
  static List<String> entries(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
    }
  }
}
