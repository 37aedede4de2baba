package understudy.node;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import understudy.linux.RealTime;

/**
 * Keeps a busy machine from holding up this daemon: real-time priority for the threads that decide,
 * renew, hear and look at the network, and for the collector that they wait for; memory that is not
 * swapped out; the last in line when memory runs out. Each as far as this process may.
 */
public final class Urgency {
  private static final Logger LOG = LoggerFactory.getLogger(Urgency.class);
  private static final int LAST_IN_LINE = -900;
  private static final Path SELF = Path.of("/proc/self");

  /** The beginnings of the names of the threads that must not wait. */
  private static final List<String> HURRIED = List.of("decides", "renews", "hears ", "looks");

  /** Of the Java machine: the serial collector works in it. */
  private static final String COLLECTOR = "VM Thread";

  /** First-in-first-out, as {@code sched(7)} numbers it. */
  private static final String REAL_TIME = "1";

  /** Where the policy stands behind the name in {@code /proc/PID/stat}, see {@code proc(5)}. */
  private static final int POLICY = 38;

  private Urgency() {}

  /** Puts the calling thread before all ordinary ones; without the right to, it stays as it is. */
  static void ofThisThread() {
    RealTime.forThisThread(RealTime.BEFORE_OTHER_WORK)
        .ifPresent(refused -> LOG.debug("{}: {}", Thread.currentThread().getName(), refused));
  }

  /**
   * For the process as a whole: for daemons, which have one to themselves. Memory is locked only
   * where there is swap space: locked memory cannot be given back either.
   */
  public static void ofThisProcess() {
    collectBeforeOtherWork();
    try {
      if (readOutOfMemoryScore() > LAST_IN_LINE) {
        Files.writeString(SELF.resolve("oom_score_adj"), Integer.toString(LAST_IN_LINE));
      }
    } catch (IOException refused) {
      LOG.debug("not the last in line when memory runs out: {}", refused.getMessage());
    }
    if (hasSwap()) {
      RealTime.lockMemory().ifPresent(refused -> LOG.debug("memory stays swappable: {}", refused));
    }
  }

  /**
   * All threads wait for the collector of garbage, the urgent ones too: 40 ms of its work took 1.9
   * s on a machine without a free core, about as long as a mandate lasts.
   */
  private static void collectBeforeOtherWork() {
    try (DirectoryStream<Path> threads = Files.newDirectoryStream(SELF.resolve("task"))) {
      for (Path thread : threads) {
        if (stat(thread).contains("(" + COLLECTOR + ")")) {
          RealTime.forThread(
                  Integer.parseInt(thread.getFileName().toString()), RealTime.BEFORE_OTHER_WORK)
              .ifPresent(refused -> LOG.debug("{}: {}", COLLECTOR, refused));
        }
      }
    } catch (IOException unreadable) {
      LOG.debug("the threads of this process are unknown: {}", unreadable.getMessage());
    }
  }

  /** One thing that is as urgent as it should be, or not. */
  record Finding(String name, boolean isWell, String evidence) {}

  /** How things stand, as the kernel says. */
  static List<Finding> findings() {
    List<Finding> findings = new ArrayList<>();
    List<String> ordinary = ordinaryThreads();
    findings.add(
        new Finding(
            "heartbeats before other work",
            ordinary.isEmpty(),
            ordinary.isEmpty()
                ? "real-time priority"
                : "ordinary priority: " + String.join(", ", ordinary)));
    if (hasSwap()) {
      boolean locked = !field("VmLck:").orElse("0 kB").equals("0 kB");
      findings.add(
          new Finding("memory is not swapped out", locked, locked ? "locked" : "not locked"));
    }
    return findings;
  }

  private static List<String> ordinaryThreads() {
    List<String> ordinary = new ArrayList<>();
    try (DirectoryStream<Path> threads = Files.newDirectoryStream(SELF.resolve("task"))) {
      for (Path thread : threads) {
        String line = stat(thread);
        String name = line.substring(line.indexOf('(') + 1, Math.max(1, line.lastIndexOf(')')));
        String[] words = line.substring(line.lastIndexOf(')') + 1).strip().split(" ", -1);
        boolean hurried = HURRIED.stream().anyMatch(name::startsWith);
        if (hurried && words.length > POLICY && !words[POLICY].equals(REAL_TIME)) {
          ordinary.add(name);
        }
      }
    } catch (IOException unreadable) {
      ordinary.add("unknown, " + unreadable.getMessage());
    }
    return ordinary.stream().distinct().sorted().toList();
  }

  private static String stat(Path thread) throws IOException {
    try {
      return Files.readString(thread.resolve("stat"));
    } catch (NoSuchFileException ended) {
      return "()";
    }
  }

  private static int readOutOfMemoryScore() throws IOException {
    return Integer.parseInt(Files.readString(SELF.resolve("oom_score_adj")).strip());
  }

  private static boolean hasSwap() {
    return value(Path.of("/proc/meminfo"), "SwapTotal:")
        .filter(total -> !total.equals("0 kB"))
        .isPresent();
  }

  private static Optional<String> field(String name) {
    return value(SELF.resolve("status"), name);
  }

  private static Optional<String> value(Path file, String name) {
    try {
      return Files.readAllLines(file).stream()
          .filter(line -> line.startsWith(name))
          .map(line -> line.substring(name.length()).strip())
          .findFirst();
    } catch (IOException unreadable) {
      LOG.debug("{} cannot be read: {}", file, unreadable.getMessage());
      return Optional.empty();
    }
  }
}
