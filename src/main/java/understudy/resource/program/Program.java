package understudy.resource.program;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import understudy.linux.PromptStart;
import understudy.linux.Signals;

/**
 * A short program: run to its end, in a session of its own, with a deadline after which it and all
 * processes of its group are killed. The last {@value #KEPT_BYTES} bytes of its output (both
 * streams) are kept.
 *
 * @param command program and arguments, no shell
 * @param environment added to this process's own; a complete environment when {@code isClean}
 */
public record Program(
    List<String> command,
    Optional<Path> directory,
    Map<String, String> environment,
    boolean isClean,
    Optional<String> input) {
  private static final Logger LOG = LoggerFactory.getLogger(Program.class);
  private static final int KEPT_BYTES = 4096;

  /** What fits into a pipe whatever the program does, so that writing it never waits. */
  private static final int MOST_INPUT = 60_000;

  /** A process that left our group may keep the output open: how long to wait for its end. */
  private static final Duration OUTPUT_LINGERS = Duration.ofMillis(200);

  private static final Path NEW_SESSION = Path.of("/usr/bin/setsid");

  public Program {
    command = List.copyOf(command);
    environment = Map.copyOf(environment);
    if (input.orElse("").length() > MOST_INPUT) {
      throw new IllegalArgumentException("a program gets at most " + MOST_INPUT + " characters");
    }
  }

  public static Program of(String... command) {
    return of(List.of(command));
  }

  public static Program of(List<String> command) {
    return new Program(command, Optional.empty(), Map.of(), false, Optional.empty());
  }

  /** The same program reading {@code text} as its standard input. */
  public Program reading(String text) {
    return new Program(command, directory, environment, isClean, Optional.of(text));
  }

  /** How a run ended. */
  public sealed interface Result {
    /** It ended by itself; 128 + n for signal n. */
    record Exited(int code, String output) implements Result {}

    /** It was killed at the deadline. */
    record TimedOut(Duration after, String output) implements Result {}

    /** There was nothing to run. */
    record NotStarted(String reason) implements Result {}

    default boolean isSuccess() {
      return this instanceof Exited(int code, String _) && code == 0;
    }

    /** The result as the middle of a sentence. */
    default String text() {
      return switch (this) {
        case Exited(int code, String output) -> "exited with " + code + quoted(output);
        case TimedOut(Duration after, String output) ->
            "was killed after " + after.toMillis() + " ms" + quoted(output);
        case NotStarted(String reason) -> "did not start: " + reason;
      };
    }

    private static String quoted(String output) {
      return output.isBlank() ? "" : ": " + output.strip();
    }
  }

  /** Runs it; an interrupt kills it too. */
  public Result run(Duration within) throws InterruptedException {
    Process process;
    try {
      process = builder().start();
    } catch (IOException failed) {
      return new Result.NotStarted(String.valueOf(failed.getMessage()));
    }
    Tail tail = new Tail(process.getInputStream());
    // no virtual one: what carries those would be born in the network namespace of this thread
    Thread reader =
        PromptStart.start(Thread.ofPlatform().daemon().name("output of " + process.pid()), tail);
    boolean isEnded = false;
    try {
      feed(process);
      isEnded = process.waitFor(within.toNanos(), TimeUnit.NANOSECONDS);
    } finally {
      if (!isEnded) {
        kill(process);
      }
    }
    reader.join(OUTPUT_LINGERS);
    return isEnded
        ? new Result.Exited(process.exitValue(), tail.text())
        : new Result.TimedOut(within, tail.text());
  }

  private ProcessBuilder builder() {
    List<String> line = new ArrayList<>();
    if (hasSessions()) {
      line.add(NEW_SESSION.toString());
    }
    line.addAll(command);
    ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true);
    directory.ifPresent(path -> builder.directory(path.toFile()));
    if (isClean) {
      builder.environment().clear();
    }
    builder.environment().putAll(environment);
    return builder;
  }

  private static boolean hasSessions() {
    return Files.isExecutable(NEW_SESSION);
  }

  private void feed(Process process) {
    try (var stream = process.getOutputStream()) {
      stream.write(input.orElse("").getBytes(StandardCharsets.UTF_8));
    } catch (IOException notReading) {
      // a program may end before it read all; its exit code tells the rest
      LOG.debug("{} did not read its input: {}", command.getFirst(), notReading.getMessage());
    }
  }

  private static void kill(Process process) {
    List<ProcessHandle> descendants = process.descendants().toList();
    if (hasSessions()) {
      Signals.killGroup(process.pid());
    }
    descendants.forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  /** Keeps the end of a stream. */
  private static final class Tail implements Runnable {
    private final InputStream stream;
    private final byte[] kept = new byte[KEPT_BYTES];
    private long total;
    private volatile boolean isBroken;

    Tail(InputStream stream) {
      this.stream = stream;
    }

    @Override
    public void run() {
      byte[] chunk = new byte[KEPT_BYTES];
      try (stream) {
        for (int length = stream.read(chunk); length >= 0; length = stream.read(chunk)) {
          keep(chunk, length);
        }
      } catch (IOException killed) {
        // the pipe of a killed program breaks; what came before it is kept
        isBroken = true;
      }
    }

    private synchronized void keep(byte[] chunk, int length) {
      for (int at = 0; at < length; at++) {
        kept[(int) ((total + at) % KEPT_BYTES)] = chunk[at];
      }
      total += length;
    }

    synchronized String text() {
      int length = (int) Math.min(total, KEPT_BYTES);
      byte[] ordered = new byte[length];
      for (int at = 0; at < length; at++) {
        ordered[at] = kept[(int) ((total - length + at) % KEPT_BYTES)];
      }
      return (total > length ? "…" : "")
          + new String(ordered, StandardCharsets.UTF_8)
          + (isBroken ? " (output cut off)" : "");
    }
  }
}
