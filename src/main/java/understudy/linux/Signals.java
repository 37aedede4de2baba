package understudy.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Signals that {@link ProcessHandle} cannot send. */
public final class Signals {
  private static final int KILL_SIGNAL = 9;
  private static final int WAKE_SIGNAL = 10;
  private static final MethodHandle KILL = SocketCalls.bind("kill", JAVA_INT, JAVA_INT, JAVA_INT);

  private Signals() {}

  /** Sends USR1 to one process; false when there is none. */
  public static boolean wake(long process) {
    return send(process, WAKE_SIGNAL);
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
    return send(-leader, KILL_SIGNAL);
  }

  private static boolean send(long target, int signal) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = SocketCalls.errnoState(arena);
      return (int) KILL.invokeExact(state, (int) target, signal) == 0;
    } catch (Throwable impossible) {
      throw SocketCalls.broken("kill", impossible);
    }
  }
}
