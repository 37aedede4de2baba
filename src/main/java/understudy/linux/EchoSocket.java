package understudy.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;

/**
 * ICMP echo (RFC 792, RFC 4443): asks a host whether it is there. Uses the kernel's ping socket
 * where this user may, else a raw socket. Lives in the network namespace of the calling thread. One
 * thread.
 */
public final class EchoSocket implements AutoCloseable {
  private static final int ICMP = 1;
  private static final int ICMP_V6 = 58;
  private static final byte REQUEST = 8;
  private static final byte REQUEST_V6 = (byte) 128;
  private static final byte REPLY = 0;
  private static final byte REPLY_V6 = (byte) 129;
  private static final int HEADER = 8;
  private static final int NONCE = 16;
  private static final int LONGEST = 2048;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final InetAddress host;
  private final boolean isV6;
  private final int descriptor;
  private final byte[] buffer = new byte[LONGEST];

  public EchoSocket(InetAddress host) throws SystemCallException {
    this.host = host;
    isV6 = host instanceof Inet6Address;
    int family = isV6 ? SocketCalls.AF_INET6 : SocketCalls.AF_INET;
    descriptor = open(family, isV6 ? ICMP_V6 : ICMP);
  }

  private static int open(int family, int protocol) throws SystemCallException {
    try {
      return SocketCalls.socket(family, SocketCalls.SOCK_DGRAM, protocol);
    } catch (SystemCallException refused) {
      if (!refused.isNotPermitted()) {
        throw refused;
      }
      return SocketCalls.socket(family, SocketCalls.SOCK_RAW, protocol);
    }
  }

  /**
   * Asks again and again until an answer comes; false when none came in time.
   *
   * @param every between two requests
   */
  public boolean isAnswered(Duration every, Duration within) throws SystemCallException {
    byte[] nonce = new byte[NONCE];
    RANDOM.nextBytes(nonce);
    long now = System.nanoTime();
    long deadline = now + within.toNanos();
    long nextRequest = now;
    while (now < deadline) {
      if (now >= nextRequest) {
        send(nonce);
        nextRequest = now + every.toNanos();
      }
      long waitNanos = Math.min(deadline, nextRequest) - now;
      if (SocketCalls.awaitReadable(descriptor, (int) Math.max(1, waitNanos / 1_000_000))) {
        int length = SocketCalls.receive(descriptor, buffer);
        if (isReply(Arrays.copyOf(buffer, length), nonce)) {
          return true;
        }
      }
      now = System.nanoTime();
    }
    return false;
  }

  /** The nonce tells our answer from those to other programs on a raw socket. */
  private boolean isReply(byte[] received, byte[] nonce) {
    boolean hasIpHeader = !isV6 && received.length > 0 && (received[0] & 0xf0) == 0x40;
    int start = hasIpHeader ? (received[0] & 0x0f) * 4 : 0;
    return received.length >= start + HEADER + NONCE
        && received[start] == (isV6 ? REPLY_V6 : REPLY)
        && Arrays.equals(received, start + HEADER, start + HEADER + NONCE, nonce, 0, NONCE);
  }

  private void send(byte[] nonce) throws SystemCallException {
    ByteBuffer packet = ByteBuffer.allocate(HEADER + NONCE);
    packet.put(isV6 ? REQUEST_V6 : REQUEST).put((byte) 0).putShort((short) 0);
    packet.put(nonce, 0, 2).putShort((short) 1).put(nonce);
    if (!isV6) {
      packet.putShort(2, checksum(packet.array()));
    }
    try (Arena arena = Arena.ofConfined()) {
      SocketCalls.send(descriptor, arena.allocateFrom(JAVA_BYTE, packet.array()), address(arena));
    }
  }

  private MemorySegment address(Arena arena) {
    byte[] bytes = host.getAddress();
    MemorySegment address = arena.allocate(isV6 ? 28 : 16, 4);
    address.set(JAVA_SHORT, 0, (short) (isV6 ? SocketCalls.AF_INET6 : SocketCalls.AF_INET));
    MemorySegment.copy(bytes, 0, address, JAVA_BYTE, isV6 ? 8 : 4, bytes.length);
    if (host instanceof Inet6Address v6) {
      address.set(JAVA_INT, 24, v6.getScopeId());
    }
    return address;
  }

  /** The Internet checksum (RFC 1071). */
  public static short checksum(byte[] bytes) {
    long sum = 0;
    for (int at = 0; at < bytes.length; at += 2) {
      int low = at + 1 < bytes.length ? Byte.toUnsignedInt(bytes[at + 1]) : 0;
      sum += (Byte.toUnsignedInt(bytes[at]) << 8) | low;
    }
    while (sum >> 16 != 0) {
      sum = (sum & 0xffff) + (sum >> 16);
    }
    return (short) ~sum;
  }

  @Override
  public void close() {
    SocketCalls.close(descriptor);
  }
}
