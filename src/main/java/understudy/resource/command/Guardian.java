package understudy.resource.command;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import understudy.linux.NamedPipe;
import understudy.linux.Signals;
import understudy.resource.Mandate;
import understudy.resource.program.Program;

/**
 * The small process that ends a service when its mandate does: a shell script, so that it needs
 * neither this JVM nor root. It outlives the daemon, and the next daemon finds it by its pipe. Its
 * directory holds {@code control}, {@code running}, {@code ended} and the logs; the script says
 * more. Safe from any thread.
 */
final class Guardian {
  private static final Duration ANSWERS_WITHIN = Duration.ofSeconds(2);
  private static final Duration SWEEPS_WITHIN = Duration.ofSeconds(10);
  private static final String SCRIPT = "guardian.sh";
  private static final Pattern RUNNING = Pattern.compile("guardian=(\\d+) service=(\\d+)\n");
  private static final Pattern ENDED = Pattern.compile("cause=([a-z]+) code=(\\d+)\n");

  private final Path directory;
  private final String mark;
  private @Nullable NamedPipe pipe;
  private long toldDeadline;

  /** The service's process under a living guardian. */
  record Running(long guardian, long service) {}

  /** How the service ended: {@code cause} is ended, stopped, killed or mandate. */
  record Ended(String cause, int code) {}

  Guardian(Path directory, String mark) {
    this.directory = directory;
    this.mark = mark;
  }

  Path output() {
    return directory.resolve("output.log");
  }

  /** Starts guardian and service; the mandate must be valid. */
  synchronized void start(
      List<String> command,
      Map<String, String> environment,
      Optional<Path> workingDirectory,
      Mandate mandate)
      throws IOException {
    Path script = install();
    // a pipe of its own: no order to the one before can reach it
    release();
    Files.deleteIfExists(directory.resolve("control"));
    NamedPipe.create(directory.resolve("control"));
    Files.deleteIfExists(directory.resolve("running"));
    Files.deleteIfExists(directory.resolve("ended"));
    List<String> line = new ArrayList<>(List.of("/usr/bin/setsid", "/bin/bash", script.toString()));
    line.addAll(arguments(Long.toString(Uptime.deadline(mandate))));
    line.addAll(command);
    ProcessBuilder builder =
        new ProcessBuilder(line)
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log()))
            .redirectErrorStream(true);
    workingDirectory.ifPresent(path -> builder.directory(path.toFile()));
    builder.environment().clear();
    builder.environment().putAll(environment);
    builder.start();
  }

  private java.io.File log() {
    return directory.resolve("guardian.log").toFile();
  }

  private List<String> arguments(String deadline) {
    return List.of(
        directory.toString(),
        mark,
        ControlGroup.forService(mark).map(Path::toString).orElse(""),
        deadline);
  }

  private Path install() throws IOException {
    Files.createDirectories(directory);
    Path script = directory.resolve(SCRIPT);
    Path fresh = directory.resolve(SCRIPT + ".new");
    try (InputStream source = Guardian.class.getResourceAsStream(SCRIPT)) {
      if (source == null) {
        throw new IllegalStateException(SCRIPT + " is missing from the program");
      }
      byte[] text = source.readAllBytes();
      if (Files.exists(script) && Arrays.equals(Files.readAllBytes(script), text)) {
        // nothing to write: a full disk must not keep a service from being ended
        return script;
      }
      Files.write(fresh, text);
    }
    // a guardian at work reads its script as it goes: it keeps the old file
    return Files.move(
        fresh,
        script,
        java.nio.file.StandardCopyOption.ATOMIC_MOVE,
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
  }

  /** The service, if a guardian lives. */
  synchronized Optional<Running> running() throws IOException {
    if (connect().isEmpty()) {
      return Optional.empty();
    }
    Optional<Running> running =
        read("running", RUNNING)
            .map(it -> new Running(Long.parseLong(it.group(1)), Long.parseLong(it.group(2))));
    if (running.isPresent() && !LiveProcess.lives(running.get().guardian())) {
      release();
      return Optional.empty();
    }
    return running;
  }

  /** The service's process lives, with or without a guardian. */
  boolean isServiceLeft() throws IOException {
    Optional<Long> service = read("running", RUNNING).map(it -> Long.parseLong(it.group(2)));
    return service.isPresent()
        && LiveProcess.lives(service.get())
        && LiveProcess.isMarked(service.get(), "UNDERSTUDY_MARK=" + mark);
  }

  /** How the last service ended, if that is known. */
  Optional<Ended> ended() throws IOException {
    return read("ended", ENDED).map(it -> new Ended(it.group(1), Integer.parseInt(it.group(2))));
  }

  private Optional<Matcher> read(String name, Pattern shape) throws IOException {
    Path file = directory.resolve(name);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    // a line that is not complete is being written
    return Optional.of(shape.matcher(Files.readString(file))).filter(Matcher::matches);
  }

  /** Tells the guardian the end of the mandate; false when there is no guardian. */
  synchronized boolean extend(Mandate mandate) throws IOException {
    long deadline = Uptime.deadline(mandate);
    boolean isToldAtOnce = deadline < toldDeadline;
    toldDeadline = deadline;
    return tell("until " + deadline) && (!isToldAtOnce || wake());
  }

  /** Asks for the end of the service, by force after {@code grace}; asking again is harmless. */
  synchronized boolean stop(Duration grace) throws IOException {
    return tell("stop " + grace.toMillis() / 10) && wake();
  }

  private boolean wake() throws IOException {
    return running().map(it -> Signals.wake(it.guardian())).orElse(false);
  }

  private boolean tell(String order) throws IOException {
    Optional<NamedPipe> connected = connect();
    if (connected.isEmpty()) {
      return false;
    }
    try {
      connected.get().writeLine(order);
      return true;
    } catch (IOException broken) {
      release();
      if (connect().isEmpty()) {
        return false;
      }
      throw broken;
    }
  }

  private Optional<NamedPipe> connect() throws IOException {
    if (pipe != null) {
      return Optional.of(pipe);
    }
    Optional<NamedPipe> opened = NamedPipe.open(directory.resolve("control"));
    opened.ifPresent(it -> pipe = it);
    return opened;
  }

  /** Ends whatever a guardian that was itself killed left behind. */
  void sweep() throws IOException, InterruptedException {
    Path script = install();
    List<String> line = new ArrayList<>(List.of("/bin/bash", script.toString()));
    line.addAll(arguments("sweep"));
    Program.Result result = Program.of(line).run(SWEEPS_WITHIN);
    if (!result.isSuccess()) {
      throw new IOException("ending left processes of " + directory + ": it " + result.text());
    }
  }

  synchronized void release() {
    if (pipe != null) {
      pipe.close();
    }
    pipe = null;
  }

  static Duration answersWithin() {
    return ANSWERS_WITHIN;
  }
}
