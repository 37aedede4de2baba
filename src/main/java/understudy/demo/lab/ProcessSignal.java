package understudy.demo.lab;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import understudy.linux.Signals;
import understudy.linux.SystemCallException;

/** Signals that the lab sends, always to processes named by their ids. */
public enum ProcessSignal {
  KILL(9),
  STOP(19),
  CONT(18),
  TERM(15);

  /** As {@code signal(7)} numbers it. */
  private final int number;

  ProcessSignal(int number) {
    this.number = number;
  }

  /**
   * Sends this signal to each of these processes; one that has ended meanwhile is passed over.
   * Starts no program for it: on a busy machine that takes longer than some faults last.
   *
   * @throws LabException when the kernel refuses, for example for want of permission
   */
  public void send(Collection<Long> processes) throws LabException {
    try {
      for (long process : processes) {
        Signals.send(process, number, name());
      }
    } catch (SystemCallException refused) {
      throw new LabException("could not send " + name() + " to " + processes, refused);
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
