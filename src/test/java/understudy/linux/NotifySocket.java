package understudy.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.Predicate;

/** The end of {@code NOTIFY_SOCKET} that a service manager holds: a real datagram socket. */
public final class NotifySocket implements AutoCloseable {
  private static final int LONGEST_MESSAGE = 4096;

  private final int descriptor;

  public NotifySocket(Path path) throws SystemCallException {
    descriptor = SocketCalls.socket(SocketCalls.AF_UNIX, SocketCalls.SOCK_DGRAM, 0);
    byte[] name = path.toString().getBytes(StandardCharsets.UTF_8);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment address = arena.allocate(3L + name.length, 2);
      address.set(ValueLayout.JAVA_SHORT, 0, (short) SocketCalls.AF_UNIX);
      MemorySegment.copy(name, 0, address, ValueLayout.JAVA_BYTE, 2, name.length);
      SocketCalls.bind(descriptor, address);
    }
  }

  /** The first message that is like this; everything before it is passed over. */
  public String await(Predicate<String> wanted, Duration limit) throws SystemCallException {
    long end = System.nanoTime() + limit.toNanos();
    byte[] buffer = new byte[LONGEST_MESSAGE];
    while (System.nanoTime() < end) {
      int left = (int) Duration.ofNanos(end - System.nanoTime()).toMillis();
      if (SocketCalls.awaitReadable(descriptor, left)) {
        int length = SocketCalls.receive(descriptor, buffer);
        String message = new String(Arrays.copyOf(buffer, length), StandardCharsets.UTF_8);
        if (wanted.test(message)) {
          return message;
        }
      }
    }
    throw new AssertionError("no such message within " + limit);
  }

  @Override
  public void close() {
    SocketCalls.close(descriptor);
  }
}
