package understudy.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Every frame that comes in at one interface, to be sent out at another just as it came: with the
 * kernel's note about what is still to be done to it (checksum, segmentation), as packet(7) calls
 * {@code PACKET_VNET_HDR}. Needs root or CAP_NET_RAW. Sending is safe from any thread, receiving
 * from one.
 */
public final class FrameTap implements AutoCloseable {
  private static final int SOL_PACKET = 263;
  private static final int PACKET_VNET_HDR = 15;
  private static final int PACKET_IGNORE_OUTGOING = 23;
  private static final int ETH_P_ALL = 3;

  /** The note, an Ethernet header, and the longest segment that is still to be cut up. */
  private static final int LONGEST_FRAME_BYTES = 10 + 18 + (1 << 16);

  private final int descriptor;
  private final byte[] buffer = new byte[LONGEST_FRAME_BYTES];

  /**
   * @param linkIndex the interface
   */
  public FrameTap(int linkIndex) throws SystemCallException {
    descriptor = SocketCalls.socket(SocketCalls.AF_PACKET, SocketCalls.SOCK_RAW, 0);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment yes = arena.allocateFrom(JAVA_INT, 1);
      SocketCalls.option(descriptor, SOL_PACKET, PACKET_VNET_HDR, yes);
      SocketCalls.option(descriptor, SOL_PACKET, PACKET_IGNORE_OUTGOING, yes);
      MemorySegment address = arena.allocate(20, 4);
      address.set(JAVA_SHORT, 0, (short) SocketCalls.AF_PACKET);
      address.set(JAVA_SHORT, 2, Short.reverseBytes((short) ETH_P_ALL));
      address.set(JAVA_INT, 4, linkIndex);
      SocketCalls.bind(descriptor, address);
    } catch (SystemCallException refused) {
      SocketCalls.close(descriptor);
      throw refused;
    }
  }

  /** The next frame with its note. Blocks until one comes. */
  public byte[] receive() throws SystemCallException {
    return Arrays.copyOf(buffer, SocketCalls.receive(descriptor, buffer));
  }

  /** Sends what another tap received. */
  public void send(byte[] frame) throws SystemCallException {
    try (Arena arena = Arena.ofConfined()) {
      SocketCalls.send(descriptor, arena.allocateFrom(JAVA_BYTE, frame), MemorySegment.NULL);
    }
  }

  @Override
  public void close() {
    SocketCalls.close(descriptor);
  }
}
