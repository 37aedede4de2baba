package understudy.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/** Reads what the kernel counts about processes and their loopback. */
final class SyncMeter {
  private static final double TICKS_A_SECOND = 100;
  private static final long BETWEEN_LOOKS_NANOS = 20_000_000;

  private SyncMeter() {}

  /** Seconds of processor time of a process and of its children that have ended. */
  static double seconds(long process) throws IOException {
    String line = Files.readString(Path.of("/proc/" + process + "/stat"));
    String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ", -1);
    return Arrays.stream(fields, 11, 15).mapToLong(Long::parseLong).sum() / TICKS_A_SECOND;
  }

  /** Bytes that went over the loopback of that process's network namespace. */
  static long wireBytes(long process) throws IOException {
    return Files.readAllLines(Path.of("/proc/" + process + "/net/dev")).stream()
        .map(String::strip)
        .filter(line -> line.startsWith("lo:"))
        .mapToLong(line -> Long.parseLong(line.substring(3).strip().split(" +", -1)[0]))
        .sum();
  }

  /** Forgets the high-water mark of a process's memory. */
  static void forgetPeak(long process) throws IOException {
    Files.writeString(Path.of("/proc/" + process + "/clear_refs"), "5");
  }

  /** The most memory that a process had in the machine at once; 0 when it has ended. */
  static long peakKib(long process) throws IOException {
    try {
      return Files.readAllLines(Path.of("/proc/" + process + "/status")).stream()
          .filter(line -> line.startsWith("VmHWM:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
          .sum();
    } catch (NoSuchFileException ended) {
      return 0;
    } catch (IOException ending) {
      if (ProcessHandle.of(process).isPresent()) {
        throw ending;
      }
      return 0;
    }
  }

  /** The largest process below each of these while they run; KiB each. */
  static final class Peaks implements AutoCloseable {
    private final Map<Long, Long> peaks = new HashMap<>();
    private final Thread thread;
    private volatile boolean isOver;

    Peaks(List<Long> roots) {
      this.thread = Thread.ofPlatform().daemon().name("watches memory").start(() -> watch(roots));
    }

    private void watch(List<Long> roots) {
      while (!isOver) {
        for (long root : roots) {
          below(root).forEach(process -> note(root, process));
        }
        LockSupport.parkNanos(BETWEEN_LOOKS_NANOS);
      }
    }

    private static List<Long> below(long root) {
      List<Long> found = new ArrayList<>();
      Deque<ProcessHandle> queue = new ArrayDeque<>(ProcessHandle.of(root).stream().toList());
      while (!queue.isEmpty()) {
        ProcessHandle process = queue.remove();
        found.add(process.pid());
        process.children().forEach(queue::add);
      }
      return found;
    }

    private synchronized void note(long root, long process) {
      try {
        peaks.merge(root, peakKib(process), Math::max);
      } catch (IOException unreadable) {
        peaks.merge(root, 0L, Math::max);
      }
    }

    synchronized long of(long root) {
      return peaks.getOrDefault(root, 0L);
    }

    @Override
    public void close() {
      isOver = true;
      LockSupport.unpark(thread);
    }
  }
}
