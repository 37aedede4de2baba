package understudy.endtoend;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BooleanSupplier;

/** What lives in a temporary directory and which processes name it. */
final class Watched implements AutoCloseable {
  private final Path directory;

  Watched(Path directory) {
    this.directory = directory;
  }

  private List<String> commandLines() {
    return ProcessHandle.allProcesses()
        .map(ProcessHandle::pid)
        .map(Watched::commandLine)
        .filter(line -> line.contains(directory + "/understudy-demo"))
        .toList();
  }

  private static String commandLine(long process) {
    try {
      byte[] words = Files.readAllBytes(Path.of("/proc/" + process + "/cmdline"));
      return new String(words, StandardCharsets.UTF_8).replace('\0', ' ');
    } catch (IOException ended) {
      return "";
    }
  }

  long daemons() {
    return commandLines().stream().filter(line -> line.contains(" node --config ")).count();
  }

  boolean isEmpty() {
    try {
      return commandLines().isEmpty()
          && Machine.entries(directory).stream().noneMatch(it -> it.startsWith("understudy-demo"));
    } catch (IOException unreadable) {
      throw new AssertionError(unreadable);
    }
  }

  void await(String what, BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + Machine.PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("not in time: " + what + " " + commandLines());
      }
      Thread.sleep(50);
    }
  }

  /** Whatever a failed test left. */
  @Override
  public void close() {
    ProcessHandle.allProcesses()
        .filter(it -> commandLine(it.pid()).contains(directory + "/understudy-demo"))
        .forEach(ProcessHandle::destroyForcibly);
  }
}
