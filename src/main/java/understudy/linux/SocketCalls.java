package understudy.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * The C library's socket and process calls, each bound once on first use of this class (about 0.1 s
 * in a cold JVM) and callable from any thread.
 */
final class SocketCalls {
  static final int AF_UNIX = 1;
  static final int AF_INET = 2;
  static final int AF_INET6 = 10;
  static final int AF_NETLINK = 16;
  static final int AF_PACKET = 17;
  static final int SOCK_DGRAM = 2;
  static final int SOCK_RAW = 3;
  static final int SOCK_CLOEXEC = 0x80000;
  static final int SOL_SOCKET = 1;
  static final short POLLIN = 1;

  static final int EPERM = 1;
  static final int ENOENT = 2;
  static final int EINTR = 4;
  static final int ENXIO = 6;
  static final int EAGAIN = 11;
  static final int EACCES = 13;
  static final int EEXIST = 17;
  static final int EPIPE = 32;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

  private static final MethodHandle SOCKET = bind("socket", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
  private static final MethodHandle BIND = bind("bind", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle CLOSE = bind("close", JAVA_INT, JAVA_INT);
  private static final MethodHandle SETSOCKOPT =
      bind("setsockopt", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle SENDTO =
      bind("sendto", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle RECV =
      bind("recv", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
  private static final MethodHandle POLL = bind("poll", JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
  private static final MethodHandle STRERROR =
      LINKER.downcallHandle(
          LINKER.defaultLookup().findOrThrow("strerror"), FunctionDescriptor.of(ADDRESS, JAVA_INT));

  private SocketCalls() {}

  /** Binds a C function so that its first argument receives errno. */
  static MethodHandle bind(String name, MemoryLayout result, MemoryLayout... arguments) {
    return LINKER.downcallHandle(
        LINKER.defaultLookup().findOrThrow(name),
        FunctionDescriptor.of(result, arguments),
        Linker.Option.captureCallState("errno"));
  }

  static MemorySegment errnoState(Arena arena) {
    return arena.allocate(STATE);
  }

  static int errno(MemorySegment state) {
    return (int) ERRNO.get(state, 0L);
  }

  /** What the C library calls this error, such as {@code Operation not permitted}. */
  static String describe(int errno) {
    try {
      MemorySegment text = (MemorySegment) STRERROR.invokeExact(errno);
      return text.reinterpret(256).getString(0);
    } catch (Throwable impossible) {
      throw broken("strerror", impossible);
    }
  }

  /** A downcall itself never throws: if it does, the binding is wrong, which is our bug. */
  static IllegalStateException broken(String call, Throwable cause) {
    return new IllegalStateException("the binding of " + call + " is wrong", cause);
  }

  static int socket(int family, int type, int protocol) throws SystemCallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = errnoState(arena);
      int descriptor = (int) SOCKET.invokeExact(state, family, type | SOCK_CLOEXEC, protocol);
      if (descriptor < 0) {
        throw new SystemCallException("socket", errno(state));
      }
      return descriptor;
    } catch (SystemCallException failed) {
      throw failed;
    } catch (Throwable impossible) {
      throw broken("socket", impossible);
    }
  }

  static void bind(int descriptor, MemorySegment address) throws SystemCallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = errnoState(arena);
      if ((int) BIND.invokeExact(state, descriptor, address, (int) address.byteSize()) != 0) {
        throw new SystemCallException("bind", errno(state));
      }
    } catch (SystemCallException failed) {
      throw failed;
    } catch (Throwable impossible) {
      throw broken("bind", impossible);
    }
  }

  static void option(int descriptor, int level, int name, MemorySegment value)
      throws SystemCallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = errnoState(arena);
      int size = (int) value.byteSize();
      if ((int) SETSOCKOPT.invokeExact(state, descriptor, level, name, value, size) != 0) {
        throw new SystemCallException("setsockopt", errno(state));
      }
    } catch (SystemCallException failed) {
      throw failed;
    } catch (Throwable impossible) {
      throw broken("setsockopt", impossible);
    }
  }

  /** Sends one datagram; {@code to} is {@link MemorySegment#NULL} on a bound or netlink socket. */
  static void send(int descriptor, MemorySegment message, MemorySegment to)
      throws SystemCallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = errnoState(arena);
      long sent =
          (long)
              SENDTO.invokeExact(
                  state, descriptor, message, message.byteSize(), 0, to, (int) to.byteSize());
      if (sent < 0) {
        throw new SystemCallException("sendto", errno(state));
      }
    } catch (SystemCallException failed) {
      throw failed;
    } catch (Throwable impossible) {
      throw broken("sendto", impossible);
    }
  }

  /** Receives one datagram into {@code buffer}, waiting for it; returns its length. */
  static int receive(int descriptor, byte[] buffer) throws SystemCallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = errnoState(arena);
      MemorySegment into = arena.allocate(buffer.length, 8);
      while (true) {
        long length = (long) RECV.invokeExact(state, descriptor, into, into.byteSize(), 0);
        if (length >= 0) {
          MemorySegment.copy(into, JAVA_BYTE, 0, buffer, 0, (int) length);
          return (int) length;
        }
        if (errno(state) != EINTR) {
          throw new SystemCallException("recv", errno(state));
        }
      }
    } catch (SystemCallException failed) {
      throw failed;
    } catch (Throwable impossible) {
      throw broken("recv", impossible);
    }
  }

  /** Waits until something can be received, at most {@code milliseconds}. */
  static boolean awaitReadable(int descriptor, int milliseconds) throws SystemCallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = errnoState(arena);
      MemorySegment poll = arena.allocate(8, 4);
      poll.set(JAVA_INT, 0, descriptor);
      poll.set(JAVA_SHORT, 4, POLLIN);
      int ready = (int) POLL.invokeExact(state, poll, 1L, Math.max(0, milliseconds));
      if (ready < 0 && errno(state) != EINTR) {
        throw new SystemCallException("poll", errno(state));
      }
      return ready > 0;
    } catch (SystemCallException failed) {
      throw failed;
    } catch (Throwable impossible) {
      throw broken("poll", impossible);
    }
  }

  /** Closes a descriptor; Linux releases it also when it reports an error. */
  static void close(int descriptor) {
    try (Arena arena = Arena.ofConfined()) {
      int ignored = (int) CLOSE.invokeExact(errnoState(arena), descriptor);
      assert ignored == 0 || ignored == -1;
    } catch (Throwable impossible) {
      throw broken("close", impossible);
    }
  }
}
