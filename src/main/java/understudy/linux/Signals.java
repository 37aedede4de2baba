package understudy.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Signals to process groups, which {@link ProcessHandle} cannot reach. */
public final class Signals {
  private static final int KILL_SIGNAL = 9;
  private static final MethodHandle KILL = SocketCalls.bind("kill", JAVA_INT, JAVA_INT, JAVA_INT);

  private Signals() {}

  /**
   * Ends every process of the group led by {@code leader} at once.
   *
   * @return false when there was none
   */
  public static boolean killGroup(long leader) {
    if (leader <= 1) {
      throw new IllegalArgumentException("a process group has a number above 1, not " + leader);
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = SocketCalls.errnoState(arena);
      return (int) KILL.invokeExact(state, (int) -leader, KILL_SIGNAL) == 0;
    } catch (Throwable impossible) {
      throw SocketCalls.broken("kill", impossible);
    }
  }
}
