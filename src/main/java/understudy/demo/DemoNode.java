package understudy.demo;

import io.avaje.json.JsonException;
import io.avaje.jsonb.Jsonb;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import understudy.api.Views;
import understudy.cli.Commands;
import understudy.cli.Terminal;
import understudy.demo.lab.LabException;
import understudy.demo.lab.Pause;
import understudy.demo.lab.ProcessSignal;

/**
 * One node of the demo: its directory, its daemon as a process of its own, and the commands that an
 * operator would type on it. For use by one thread.
 */
final class DemoNode {
  private static final String WITNESS = "witness";
  private static final Duration COMMAND_LIMIT = Duration.ofSeconds(60);
  private static final Duration END_LIMIT = Duration.ofSeconds(60);

  private final String name;
  private final Path home;
  private final Ground ground;
  private @Nullable Process daemon;

  DemoNode(String name, Path home, Ground ground) {
    this.name = name;
    this.home = home;
    this.ground = ground;
  }

  /** How a command ended. */
  record Answer(int code, String out, String err) {
    boolean isDone() {
      return code == 0;
    }

    /** All that it said, on one line. */
    String said() {
      return (out + " " + err).strip().replaceAll("\\s*\\n\\s*", " · ");
    }
  }

  String name() {
    return name;
  }

  /** What its {@code node.yaml} says: whoever is not one of the two nodes only votes. */
  String designation() {
    return switch (Ground.NODES.indexOf(name)) {
      case 0 -> "primary";
      case 1 -> "secondary";
      default -> WITNESS;
    };
  }

  Path home() {
    return home;
  }

  /** The protected directory. */
  Path data() {
    return home.resolve("data");
  }

  /** What the daemon says; beside its directory, whose disk may be full. */
  Path log() {
    return home.resolveSibling(name + ".log");
  }

  /** Starts the daemon and returns at once; its log goes on where it was. */
  void start() throws DemoException {
    String verb = designation().equals(WITNESS) ? "witness" : "node";
    List<String> words = List.of(verb, "--config", home.toString() + "/");
    try {
      daemon =
          new ProcessBuilder(ground.inside(name, OwnProgram.daemon(words)))
              .redirectErrorStream(true)
              .redirectInput(new File("/dev/null"))
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
              .start();
    } catch (IOException failed) {
      throw new DemoException("cannot start the daemon of " + name, failed);
    }
  }

  boolean isRunning() {
    return daemon != null && daemon.isAlive();
  }

  /** The daemon's process; there is one once it was started. */
  Process daemon() {
    if (daemon == null) {
      throw new IllegalStateException(name + " was never started");
    }
    return daemon;
  }

  /** Kills the daemon, the guardian and the service at once; returns when they are gone. */
  void kill() throws LabException {
    OwnProcesses.kill(home);
    awaitEnd();
  }

  /** Returns once this Java machine, too, knows that the daemon is dead. */
  void awaitEnd() {
    if (daemon != null) {
      daemon.onExit().join();
    }
  }

  /** Kills the daemon alone. */
  void killDaemon() throws LabException {
    ProcessSignal.KILL.send(List.of(daemon().pid()));
    awaitEnd();
  }

  /** Ids of the service's own processes. */
  List<Long> serviceProcesses() throws LabException {
    return OwnProcesses.services(home);
  }

  /** Sends a signal to the daemon, the guardian and the service. */
  void signal(ProcessSignal signal) throws LabException {
    signal.send(OwnProcesses.of(home));
  }

  /**
   * Stops the daemon, the guardian and the service for so long, and lets them go on.
   *
   * @return how long it really was
   */
  Duration pause(Duration duration) throws LabException {
    return Pause.of(OwnProcesses.of(home), duration);
  }

  /** Asks the daemon to end, as systemd would; returns when it has. */
  void terminate() throws LabException, InterruptedException, DemoException {
    ProcessSignal.TERM.send(List.of(daemon().pid()));
    if (!daemon().waitFor(END_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new DemoException("the daemon of " + name + " did not end within " + END_LIMIT);
    }
  }

  /** Runs a command of the command line that talks to this node's daemon, in this process. */
  Answer call(String... words) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    var terminal =
        new Terminal(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            new BufferedReader(Reader.nullReader()),
            () -> false,
            Map.of());
    List<String> line = new ArrayList<>(List.of("--config", home.toString()));
    line.addAll(List.of(words));
    int code = new Commands(terminal, "demo", List.of()).run(line.toArray(String[]::new));
    return new Answer(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  /**
   * Runs a command where this node is, in a process of its own.
   *
   * @param input what it reads; secrets go this way and never as an argument
   */
  Answer run(String input, String... words) throws DemoException, InterruptedException {
    List<String> line = new ArrayList<>(List.of("--config", home.toString()));
    line.addAll(List.of(words));
    String what = "understudy " + String.join(" ", words);
    Path err = home.resolve("command.err");
    Path out = home.resolve("command.out");
    try {
      Process process =
          new ProcessBuilder(ground.inside(name, OwnProgram.command(line)))
              .redirectError(err.toFile())
              .redirectOutput(out.toFile())
              .start();
      try (OutputStream in = process.getOutputStream()) {
        in.write((input + "\n").getBytes(StandardCharsets.UTF_8));
      }
      if (!process.waitFor(COMMAND_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
        throw new DemoException(what + " did not end within " + COMMAND_LIMIT);
      }
      return new Answer(process.exitValue(), Files.readString(out), Files.readString(err));
    } catch (IOException failed) {
      throw new DemoException("cannot run " + what, failed);
    }
  }

  /** As {@link #run}, for a command that has to succeed; its output. */
  String demand(String input, String... words) throws DemoException, InterruptedException {
    Answer answer = run(input, words);
    if (!answer.isDone()) {
      throw new DemoException(
          "understudy " + words[0] + " on " + name + " failed: " + answer.said());
    }
    return answer.out();
  }

  /** What this node's daemon says; empty when it does not answer. */
  Optional<Views.Status> status() {
    if (!isRunning()) {
      return Optional.empty();
    }
    Answer answer = call("status", "--output", "json");
    try {
      return answer.isDone()
          ? Optional.of(Jsonb.instance().type(Views.Status.class).fromJson(answer.out()))
          : Optional.empty();
    } catch (JsonException cutShort) {
      return Optional.empty();
    }
  }

  /** Where its daemon answers commands; there only while it runs. Short: few bytes are allowed. */
  Path socket() {
    return home.resolve("s");
  }

  /** This node's own row of its status. */
  Optional<Views.NodeRow> row() {
    return status()
        .flatMap(
            status -> status.nodes().stream().filter(row -> row.name().equals(name)).findFirst());
  }
}
