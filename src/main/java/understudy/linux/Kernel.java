package understudy.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;

/**
 * The one door to the kernel: {@code syscall(2)} with up to six integers, and each thread's scratch
 * memory. One handle for all calls, because every further shape costs start-up time.
 */
final class Kernel {
  private static final int INTERRUPTED = 4;
  private static final StructLayoutOfErrno ERRNO = new StructLayoutOfErrno();
  private static final MethodHandle SYSCALL =
      Linker.nativeLinker()
          .downcallHandle(
              Linker.nativeLinker().defaultLookup().findOrThrow("syscall"),
              FunctionDescriptor.of(
                  ValueLayout.JAVA_LONG,
                  ValueLayout.JAVA_LONG,
                  ValueLayout.JAVA_LONG,
                  ValueLayout.JAVA_LONG,
                  ValueLayout.JAVA_LONG,
                  ValueLayout.JAVA_LONG,
                  ValueLayout.JAVA_LONG,
                  ValueLayout.JAVA_LONG),
              Linker.Option.firstVariadicArg(1),
              Linker.Option.captureCallState("errno"));
  private static final ThreadLocal<Scratch> SCRATCH = ThreadLocal.withInitial(Scratch::new);

  private Kernel() {}

  private static final class StructLayoutOfErrno {
    final MemoryLayout layout = Linker.Option.captureStateLayout();
    final VarHandle number =
        layout.varHandle(MemoryLayout.PathElement.groupElement("errno")).withInvokeExactBehavior();
  }

  /** Memory of one thread for names and answers; valid until the thread's next use of it. */
  static final class Scratch {
    /** Longest path the kernel takes, its NUL included. */
    static final int PATH_BYTES = 4096;

    private final Arena arena = Arena.ofAuto();
    private final MemorySegment errno = arena.allocate(ERRNO.layout);
    private final MemorySegment first = arena.allocate(PATH_BYTES);
    private final MemorySegment second = arena.allocate(PATH_BYTES);
    final MemorySegment answer = arena.allocate(512, 8);
    final MemorySegment listing = arena.allocate(32 << 10, 8);

    /** Writes the bytes and a NUL; the returned address stays valid until the next call. */
    long first(byte[] name) {
      return put(first, name);
    }

    /** As {@link #first(byte[])}, for a part of an array. */
    long first(byte[] names, int start, int length) {
      MemorySegment.copy(names, start, first, ValueLayout.JAVA_BYTE, 0, length);
      first.set(ValueLayout.JAVA_BYTE, length, (byte) 0);
      return first.address();
    }

    /** As {@link #first(byte[])}, for the second name of a call. */
    long second(byte[] name) {
      return put(second, name);
    }

    private static long put(MemorySegment place, byte[] name) {
      if (name.length >= PATH_BYTES) {
        throw new IllegalArgumentException(
            "a path of " + name.length + " bytes is longer than one call takes");
      }
      MemorySegment.copy(name, 0, place, ValueLayout.JAVA_BYTE, 0, name.length);
      place.set(ValueLayout.JAVA_BYTE, name.length, (byte) 0);
      return place.address();
    }
  }

  static Scratch scratch() {
    return SCRATCH.get();
  }

  /** Makes the call, again when a signal interrupted it; answers the result or minus errno. */
  static long call(FileCall call, long a, long b, long c, long d, long e, long f) {
    Scratch scratch = scratch();
    while (true) {
      long result;
      try {
        result = (long) SYSCALL.invokeExact(scratch.errno, call.number(), a, b, c, d, e, f);
      } catch (RuntimeException | Error bug) {
        throw bug;
      } catch (Throwable impossible) {
        throw new AssertionError("a system call handle throws nothing checked", impossible);
      }
      if (result != -1) {
        return result;
      }
      int errno = (int) ERRNO.number.get(scratch.errno, 0L);
      if (errno != INTERRUPTED) {
        return -errno;
      }
    }
  }

  static long call(FileCall call, long a, long b, long c) {
    return call(call, a, b, c, 0, 0, 0);
  }

  /** The result, or the exception that says what was tried. */
  static long checked(long result, String verb, byte[] name) throws SystemCallException {
    if (result < 0) {
      throw new SystemCallException(
          verb + " '" + new String(name, StandardCharsets.UTF_8) + "'", (int) -result);
    }
    return result;
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
