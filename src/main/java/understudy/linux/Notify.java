package understudy.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Tells the service manager how this process is: the protocol of {@code sd_notify(3)}, one datagram
 * per message to the Unix socket named by {@code NOTIFY_SOCKET}. Without that variable nothing is
 * sent. Any thread; a send does not wait.
 */
public final class Notify {
  private static final int LONGEST_SOCKET_NAME = 107;

  private final Optional<String> socket;
  private final Optional<Duration> watchdog;

  /** Reads {@code NOTIFY_SOCKET} and {@code WATCHDOG_USEC} from {@code environment}. */
  public Notify(Map<String, String> environment) {
    socket =
        Optional.ofNullable(environment.get("NOTIFY_SOCKET"))
            .filter(name -> name.startsWith("@") || name.startsWith("/"))
            .filter(name -> name.getBytes(StandardCharsets.UTF_8).length <= LONGEST_SOCKET_NAME);
    watchdog =
        Optional.ofNullable(environment.get("WATCHDOG_USEC"))
            .filter(text -> text.matches("[0-9]{1,15}"))
            .map(text -> Duration.ofNanos(Long.parseLong(text) * 1000))
            .filter(Duration::isPositive);
  }

  /** A service manager listens. */
  public boolean isHeard() {
    return socket.isPresent();
  }

  /** How often {@link #alive} must come at the latest; empty: nobody waits for it. */
  public Optional<Duration> watchdog() {
    return watchdog;
  }

  public void ready(String status) throws SystemCallException {
    send("READY=1\nSTATUS=" + oneLine(status));
  }

  public void status(String status) throws SystemCallException {
    send("STATUS=" + oneLine(status));
  }

  /** Feeds the watchdog; to be called by the loop whose hanging must be noticed. */
  public void alive() throws SystemCallException {
    send("WATCHDOG=1");
  }

  public void stopping(String status) throws SystemCallException {
    send("STOPPING=1\nSTATUS=" + oneLine(status));
  }

  private static String oneLine(String status) {
    return status.replace('\n', ' ');
  }

  private void send(String message) throws SystemCallException {
    if (socket.isEmpty()) {
      return;
    }
    int descriptor = SocketCalls.socket(SocketCalls.AF_UNIX, SocketCalls.SOCK_DGRAM, 0);
    try (Arena arena = Arena.ofConfined()) {
      byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
      MemorySegment text = arena.allocateFrom(JAVA_BYTE, bytes);
      SocketCalls.send(descriptor, text, address(arena, socket.get()));
    } finally {
      SocketCalls.close(descriptor);
    }
  }

  /** A leading {@code @} means an abstract socket, whose name starts with a zero byte. */
  private static MemorySegment address(Arena arena, String name) {
    byte[] path = name.getBytes(StandardCharsets.UTF_8);
    boolean isAbstract = path[0] == '@';
    if (isAbstract) {
      path[0] = 0;
    }
    MemorySegment address = arena.allocate(2L + path.length + (isAbstract ? 0 : 1), 2);
    address.set(JAVA_SHORT, 0, (short) SocketCalls.AF_UNIX);
    MemorySegment.copy(path, 0, address, JAVA_BYTE, 2, path.length);
    return address;
  }
}
