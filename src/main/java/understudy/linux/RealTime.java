package understudy.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * Keeps a busy machine from delaying the heartbeat: real-time scheduling of one thread, and memory
 * that is never swapped out. Both need rights (root, or CAP_SYS_NICE and CAP_IPC_LOCK) and answer
 * with the reason when they are refused.
 */
public final class RealTime {
  /** Of all that a mandate waits for: before everything ordinary, behind what the kernel does. */
  public static final int BEFORE_OTHER_WORK = 5;

  private static final int THIS_THREAD = 0;
  private static final int SCHED_OTHER = 0;
  static final int SCHED_FIFO = 1;
  private static final int RESET_ON_FORK = 0x40000000;
  private static final int LOWEST = 1;
  private static final int HIGHEST = 99;
  private static final int MCL_CURRENT = 1;
  private static final int MCL_FUTURE = 2;
  private static final int MCL_ONFAULT = 4;

  private static final MethodHandle SCHED_SETSCHEDULER =
      SocketCalls.bind("sched_setscheduler", JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS);
  private static final MethodHandle SCHED_GETSCHEDULER =
      SocketCalls.bind("sched_getscheduler", JAVA_INT, JAVA_INT);
  private static final MethodHandle SCHED_GETPARAM =
      SocketCalls.bind("sched_getparam", JAVA_INT, JAVA_INT, ADDRESS);
  private static final MethodHandle MLOCKALL = SocketCalls.bind("mlockall", JAVA_INT, JAVA_INT);

  private RealTime() {}

  /**
   * Gives the calling platform thread first-in-first-out real-time priority, not inherited by what
   * it starts.
   *
   * @param priority 1 to 99; ordinary threads count as 0
   * @return empty when it worked, else why not
   */
  public static Optional<String> forThisThread(int priority) {
    if (priority < LOWEST || priority > HIGHEST) {
      throw new IllegalArgumentException("a real-time priority is 1 to 99, not " + priority);
    }
    if (Thread.currentThread().isVirtual()) {
      throw new IllegalStateException("a virtual thread has no scheduling of its own");
    }
    return become(new Scheduling(SCHED_FIFO | RESET_ON_FORK, priority));
  }

  /**
   * Gives another thread of this process the same priority; what it starts stays ordinary.
   *
   * @param thread its number below {@code /proc/self/task}
   * @return empty when it worked, else why not
   */
  public static Optional<String> forThread(int thread, int priority) {
    return schedule(thread, new Scheduling(SCHED_FIFO | RESET_ON_FORK, priority));
  }

  /** How the kernel schedules a thread: policy, with its flag, and real-time priority. */
  record Scheduling(int policy, int priority) {
    static final Scheduling ORDINARY = new Scheduling(SCHED_OTHER, 0);

    Scheduling withoutUrgency() {
      return (policy & ~RESET_ON_FORK) == SCHED_FIFO ? ORDINARY : this;
    }
  }

  /** Of the calling platform thread; the ordinary one when the kernel does not tell. */
  static Scheduling ofThisThread() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = SocketCalls.errnoState(arena);
      MemorySegment parameter = arena.allocate(JAVA_INT);
      int policy = (int) SCHED_GETSCHEDULER.invokeExact(state, THIS_THREAD);
      int failed = (int) SCHED_GETPARAM.invokeExact(state, THIS_THREAD, parameter);
      return policy < 0 || failed != 0
          ? Scheduling.ORDINARY
          : new Scheduling(policy, parameter.get(JAVA_INT, 0));
    } catch (Throwable impossible) {
      throw SocketCalls.broken("sched_getscheduler", impossible);
    }
  }

  /** Changes the calling platform thread's; empty when it worked, else why not. */
  static Optional<String> become(Scheduling wanted) {
    return schedule(THIS_THREAD, wanted);
  }

  private static Optional<String> schedule(int thread, Scheduling wanted) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = SocketCalls.errnoState(arena);
      MemorySegment parameter = arena.allocateFrom(JAVA_INT, wanted.priority());
      int failed = (int) SCHED_SETSCHEDULER.invokeExact(state, thread, wanted.policy(), parameter);
      return reason(failed, "sched_setscheduler", state);
    } catch (Throwable impossible) {
      throw SocketCalls.broken("sched_setscheduler", impossible);
    }
  }

  /**
   * Keeps this process's pages in memory as they come to be used.
   *
   * @return empty when it worked, else why not
   */
  public static Optional<String> lockMemory() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = SocketCalls.errnoState(arena);
      int failed = (int) MLOCKALL.invokeExact(state, MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT);
      return reason(failed, "mlockall", state);
    } catch (Throwable impossible) {
      throw SocketCalls.broken("mlockall", impossible);
    }
  }

  private static Optional<String> reason(int failed, String call, MemorySegment state) {
    return failed == 0
        ? Optional.empty()
        : Optional.of(call + ": " + SocketCalls.describe(SocketCalls.errno(state)));
  }
}
