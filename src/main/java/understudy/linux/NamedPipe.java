package understudy.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The writing end of a named pipe (fifo(7)) to another process. Opening and writing never wait.
 * Safe from any thread.
 */
public final class NamedPipe implements AutoCloseable {
  private static final int WRITE_ONLY = 1;
  private static final int NON_BLOCKING = 0x800;
  private static final int CLOSE_ON_EXEC = 0x80000;
  private static final int OWNER_ONLY = 0600;

  private static final MethodHandle MKFIFO =
      SocketCalls.bind("mkfifo", JAVA_INT, ADDRESS, JAVA_INT);
  // open(2) is variadic: the mode is passed as such, or some architectures read another register
  private static final MethodHandle OPEN =
      Linker.nativeLinker()
          .downcallHandle(
              Linker.nativeLinker().defaultLookup().findOrThrow("open"),
              FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT),
              Linker.Option.firstVariadicArg(2),
              Linker.Option.captureCallState("errno"));
  private static final MethodHandle WRITE =
      SocketCalls.bind("write", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG);

  private final Path path;
  private final int descriptor;
  private boolean isClosed;

  private NamedPipe(Path path, int descriptor) {
    this.path = path;
    this.descriptor = descriptor;
  }

  /** Makes a pipe that only the owner may use; one that exists stays. */
  public static void create(Path path) throws SystemCallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = SocketCalls.errnoState(arena);
      int failed = (int) MKFIFO.invokeExact(state, arena.allocateFrom(path.toString()), OWNER_ONLY);
      if (failed != 0 && SocketCalls.errno(state) != SocketCalls.EEXIST) {
        throw new SystemCallException("mkfifo " + path, SocketCalls.errno(state));
      }
    } catch (SystemCallException refused) {
      throw refused;
    } catch (Throwable impossible) {
      throw SocketCalls.broken("mkfifo", impossible);
    }
  }

  /** Opens the pipe for writing; empty when it is missing or no process reads it. */
  public static Optional<NamedPipe> open(Path path) throws SystemCallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = SocketCalls.errnoState(arena);
      int descriptor =
          (int)
              OPEN.invokeExact(
                  state,
                  arena.allocateFrom(path.toString()),
                  WRITE_ONLY | NON_BLOCKING | CLOSE_ON_EXEC);
      if (descriptor >= 0) {
        return Optional.of(new NamedPipe(path, descriptor));
      }
      int errno = SocketCalls.errno(state);
      if (errno == SocketCalls.ENXIO || errno == SocketCalls.ENOENT) {
        return Optional.empty();
      }
      throw new SystemCallException("open " + path, errno);
    } catch (SystemCallException refused) {
      throw refused;
    } catch (Throwable impossible) {
      throw SocketCalls.broken("open", impossible);
    }
  }

  /** Writes a line at once and whole. Throws when the pipe is full or its reader is gone. */
  public synchronized void writeLine(String line) throws SystemCallException {
    if (isClosed) {
      throw new SystemCallException("write " + path, SocketCalls.EPIPE);
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = SocketCalls.errnoState(arena);
      byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
      MemorySegment text = arena.allocateFrom(JAVA_BYTE, bytes);
      long written = (long) WRITE.invokeExact(state, descriptor, text, (long) bytes.length);
      if (written != bytes.length) {
        int errno = written < 0 ? SocketCalls.errno(state) : SocketCalls.EAGAIN;
        throw new SystemCallException("write " + path, errno);
      }
    } catch (SystemCallException refused) {
      throw refused;
    } catch (Throwable impossible) {
      throw SocketCalls.broken("write", impossible);
    }
  }

  @Override
  public synchronized void close() {
    if (!isClosed) {
      isClosed = true;
      SocketCalls.close(descriptor);
    }
  }
}
