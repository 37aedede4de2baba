package understudy.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.time.Instant;
import understudy.time.Clock;
import understudy.time.Moment;

/**
 * The machine's clock since boot ({@code CLOCK_BOOTTIME}): goes on while the machine is suspended,
 * unlike {@link System#nanoTime}, so that a mandate also ends during a suspend. Any thread.
 */
public final class BootTime implements Clock {
  private static final int CLOCK_BOOTTIME = 7;
  private static final MethodHandle CLOCK_GETTIME =
      Linker.nativeLinker()
          .downcallHandle(
              Linker.nativeLinker().defaultLookup().findOrThrow("clock_gettime"),
              FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS));

  @Override
  public Moment now() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment time = arena.allocate(16, 8);
      int failed = (int) CLOCK_GETTIME.invokeExact(CLOCK_BOOTTIME, time);
      if (failed != 0) {
        throw new IllegalStateException("this kernel has no CLOCK_BOOTTIME");
      }
      return new Moment(time.get(JAVA_LONG, 0) * 1_000_000_000L + time.get(JAVA_LONG, 8));
    } catch (RuntimeException failed) {
      throw failed;
    } catch (Throwable impossible) {
      throw SocketCalls.broken("clock_gettime", impossible);
    }
  }

  @Override
  public Instant wall() {
    return Instant.now();
  }
}
