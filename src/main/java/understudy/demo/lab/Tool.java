package understudy.demo.lab;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** Runs a short command of the machine to its end. */
final class Tool {
  private Tool() {}

  /**
   * How it ended.
   *
   * @param output what it printed, errors included, without surrounding space
   */
  record Outcome(int status, String output) {
    boolean succeeded() {
      return status == 0;
    }
  }

  /** As {@link #run}, but a status other than 0 is an exception too. */
  static String demand(Duration limit, String input, List<String> command) throws LabException {
    Outcome outcome = run(limit, input, command);
    if (!outcome.succeeded()) {
      throw new LabException(
          String.join(" ", command)
              + (input.isEmpty() ? "" : " < '" + input.strip() + "'")
              + " ended with "
              + outcome.status()
              + ": "
              + outcome.output());
    }
    return outcome.output();
  }

  /**
   * Runs a command; blocks until it has ended.
   *
   * @param input what it reads
   * @throws LabException when it cannot be started or does not end within the limit
   */
  static Outcome run(Duration limit, String input, List<String> command) throws LabException {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      CompletableFuture<byte[]> output = new CompletableFuture<>();
      Thread.ofVirtual().start(() -> drain(process, output));
      try (OutputStream in = process.getOutputStream()) {
        in.write(input.getBytes(StandardCharsets.UTF_8));
      }
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
        throw new LabException(String.join(" ", command) + " did not end within " + limit);
      }
      byte[] printed = output.get();
      return new Outcome(process.exitValue(), new String(printed, StandardCharsets.UTF_8).strip());
    } catch (IOException | ExecutionException e) {
      throw new LabException("could not run " + String.join(" ", command), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LabException("interrupted while running " + String.join(" ", command), e);
    }
  }

  private static void drain(Process process, CompletableFuture<byte[]> output) {
    try {
      output.complete(process.getInputStream().readAllBytes());
    } catch (IOException e) {
      output.completeExceptionally(e);
    }
  }
}
