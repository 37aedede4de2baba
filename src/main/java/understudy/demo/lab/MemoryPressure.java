package understudy.demo.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A control group without free memory: some processes, and one beside them that takes what it can
 * get, is killed by the kernel for it and comes back, until closed. Needs root.
 */
public final class MemoryPressure implements AutoCloseable {
  private static final long LIMIT_BYTES = 48L << 20;
  private static final Path GROUPS = Path.of("/sys/fs/cgroup");
  private static final Duration END_LIMIT = Duration.ofSeconds(5);

  /** Fills a growing string; the first that the kernel ends. */
  private static final String GLUTTON =
      """
      echo 1000 > /proc/self/oom_score_adj
      while :; do
        sh -c 'x=0123456789abcdef; while :; do x=$x$x; done' 2>/dev/null
      done
      """;

  private final Path group;
  private final Process glutton;

  private MemoryPressure(Path group, Process glutton) {
    this.group = group;
    this.glutton = glutton;
  }

  /** Where a group with a limit can be made, and the name of that limit. */
  private record Controller(Path parent, String limit) {}

  /** Why this cannot be done here; empty: it can. */
  public static Optional<String> obstacle() throws LabException {
    return controller().isPresent()
        ? Optional.empty()
        : Optional.of("no control group with a memory limit can be made here");
  }

  private static Optional<Controller> controller() throws LabException {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/self/cgroup"))) {
        String[] words = line.split(":", 3);
        boolean unified = words[1].isEmpty();
        Path parent = GROUPS.resolve(unified ? "." : words[1]).resolve("." + words[2]).normalize();
        if (words[1].equals("memory") && Files.isWritable(parent)) {
          return Optional.of(new Controller(parent, "memory.limit_in_bytes"));
        }
        Path handedDown = parent.resolve("cgroup.subtree_control");
        if (unified
            && Files.isWritable(handedDown)
            && Files.readString(handedDown).contains("memory")) {
          return Optional.of(new Controller(parent, "memory.max"));
        }
      }
      return Optional.empty();
    } catch (IOException unreadable) {
      throw new LabException("cannot read this process's control groups", unreadable);
    }
  }

  /** Puts these processes under pressure. Call it from a thread that outlives the pressure. */
  public static MemoryPressure on(List<Long> processes) throws LabException {
    Controller controller =
        controller().orElseThrow(() -> new LabException("no control group can be made here"));
    Path group = controller.parent().resolve("understudy-lab-" + ProcessHandle.current().pid());
    try {
      Files.createDirectory(group);
      Files.writeString(group.resolve(controller.limit()), Long.toString(LIMIT_BYTES));
      for (long process : processes) {
        join(group, process);
      }
      Process glutton =
          new ProcessBuilder("setpriv", "--pdeathsig", "KILL", "sh", "-c", GLUTTON).start();
      join(group, glutton.pid());
      return new MemoryPressure(group, glutton);
    } catch (IOException failed) {
      throw new LabException("cannot make the control group " + group, failed);
    }
  }

  private static void join(Path group, long process) throws IOException {
    try {
      Files.writeString(group.resolve("cgroup.procs"), Long.toString(process));
    } catch (IOException refused) {
      if (ProcessHandle.of(process).isPresent()) {
        throw refused;
      }
    }
  }

  /** Lets the processes go and removes the group. */
  @Override
  public void close() throws LabException {
    try {
      ProcessSignal.KILL.sendToTree(glutton.toHandle());
      glutton.onExit().join();
      long end = System.nanoTime() + END_LIMIT.toNanos();
      while (!Files.readString(group.resolve("cgroup.procs")).isBlank()) {
        for (String process : Files.readAllLines(group.resolve("cgroup.procs"))) {
          join(group.resolveSibling("."), Long.parseLong(process));
        }
        if (System.nanoTime() > end) {
          throw new LabException("processes do not leave " + group);
        }
      }
      Files.delete(group);
    } catch (IOException failed) {
      throw new LabException("cannot remove the control group " + group, failed);
    }
  }
}
