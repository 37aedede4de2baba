package understudy.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Signals that {@link ProcessHandle} cannot send. */
public final class Signals {
  private static final int KILL_SIGNAL = 9;
  private static final int WAKE_SIGNAL = 10;
  private static final int NO_SUCH_PROCESS = 3;
  private static final MethodHandle KILL = SocketCalls.bind("kill", JAVA_INT, JAVA_INT, JAVA_INT);

  private Signals() {}

  /**
   * Sends a signal, by its number, to one process.
   *
   * @return false when there is none
   * @throws SystemCallException when the kernel refuses, for example for want of permission
   */
  public static boolean send(long process, int signal, String name) throws SystemCallException {
    if (process <= 1) {
      throw new IllegalArgumentException("a process has a number above 1, not " + process);
    }
    int error = kill(process, signal);
    if (error != 0 && error != NO_SUCH_PROCESS) {
      throw new SystemCallException("send " + name + " to process " + process, error);
    }
    return error == 0;
  }

  /** Sends USR1 to one process; false when there is none. */
  public static boolean wake(long process) {
    return kill(process, WAKE_SIGNAL) == 0;
  }

  /**
   * Ends every process of the group led by {@code leader} at once.
   *
   * @return false when there was none
   */
  public static boolean killGroup(long leader) {
    if (leader <= 1) {
      throw new IllegalArgumentException("a process group has a number above 1, not " + leader);
    }
    return kill(-leader, KILL_SIGNAL) == 0;
  }

  /** 0, or the kernel's {@code errno}. */
  private static int kill(long target, int signal) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = SocketCalls.errnoState(arena);
      int failed = (int) KILL.invokeExact(state, (int) target, signal);
      return failed == 0 ? 0 : SocketCalls.errno(state);
    } catch (Throwable impossible) {
      throw SocketCalls.broken("kill", impossible);
    }
  }
}
