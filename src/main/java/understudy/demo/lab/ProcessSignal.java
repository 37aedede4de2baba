package understudy.demo.lab;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Signals that the lab sends, always to processes named by their ids. */
public enum ProcessSignal {
  KILL,
  STOP,
  CONT,
  TERM;

  private static final Duration LIMIT = Duration.ofSeconds(5);

  /**
   * Sends this signal to each of these processes; one that has ended meanwhile is passed over.
   *
   * @throws LabException when the kernel refuses, for example for want of permission
   */
  public void send(Collection<Long> processes) throws LabException {
    if (processes.isEmpty()) {
      return;
    }
    List<String> command =
        new ArrayList<>(List.of("sh", "-c", "LC_ALL=C; kill -" + name() + " \"$@\"", "kill"));
    processes.forEach(process -> command.add(Long.toString(process)));
    Tool.Outcome outcome = Tool.run(LIMIT, "", command);
    if (!outcome
        .output()
        .lines()
        .filter(line -> !line.isBlank())
        .allMatch(line -> line.contains("No such process"))) {
      throw new LabException(
          "could not send " + name() + " to " + processes + ": " + outcome.output());
    }
  }

  /** Sends this signal to a process and everything below it. */
  public void sendToTree(ProcessHandle root) throws LabException {
    send(treeOf(root));
  }

  /** The ids of a process and everything below it, parents first. */
  public static List<Long> treeOf(ProcessHandle root) {
    List<Long> ids = new ArrayList<>();
    ids.add(root.pid());
    root.descendants().map(ProcessHandle::pid).forEach(ids::add);
    return List.copyOf(ids);
  }
}
