package understudy.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Whole Ethernet frames in and out of one interface (packet(7)), received only when a filter lets
 * them through. Needs root or CAP_NET_RAW. Sending is safe from any thread, receiving from one.
 */
public final class PacketSocket implements AutoCloseable {
  private static final int ATTACH_FILTER = 26;
  private static final int LONGEST_FRAME = 2048;

  /** One instruction of the kernel's classic packet filter. */
  public record Instruction(int code, int ifTrue, int ifFalse, int operand) {}

  private final int descriptor;
  private final byte[] buffer = new byte[LONGEST_FRAME];

  /**
   * @param linkIndex the interface
   * @param etherType protocol to receive, such as 0x0806
   * @param filter which frames to receive
   */
  public PacketSocket(int linkIndex, int etherType, List<Instruction> filter)
      throws SystemCallException {
    // protocol 0: nothing is received before the filter is in place
    descriptor = SocketCalls.socket(SocketCalls.AF_PACKET, SocketCalls.SOCK_RAW, 0);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment program = arena.allocate(8L * filter.size(), 8);
      long at = 0;
      for (Instruction instruction : filter) {
        program.set(JAVA_SHORT, at, (short) instruction.code());
        program.set(JAVA_BYTE, at + 2, (byte) instruction.ifTrue());
        program.set(JAVA_BYTE, at + 3, (byte) instruction.ifFalse());
        program.set(JAVA_INT, at + 4, instruction.operand());
        at += 8;
      }
      MemorySegment attachment = arena.allocate(16, 8);
      attachment.set(JAVA_SHORT, 0, (short) filter.size());
      attachment.set(ADDRESS, 8, program);
      SocketCalls.option(descriptor, SocketCalls.SOL_SOCKET, ATTACH_FILTER, attachment);
      MemorySegment address = arena.allocate(20, 4);
      address.set(JAVA_SHORT, 0, (short) SocketCalls.AF_PACKET);
      address.set(JAVA_SHORT, 2, Short.reverseBytes((short) etherType));
      address.set(JAVA_INT, 4, linkIndex);
      SocketCalls.bind(descriptor, address);
    } catch (SystemCallException refused) {
      SocketCalls.close(descriptor);
      throw refused;
    }
  }

  public void send(byte[] frame) throws SystemCallException {
    try (Arena arena = Arena.ofConfined()) {
      SocketCalls.send(descriptor, arena.allocateFrom(JAVA_BYTE, frame), MemorySegment.NULL);
    }
  }

  /** The next frame, if one comes within {@code wait}. */
  public Optional<byte[]> receive(Duration wait) throws SystemCallException {
    if (!SocketCalls.awaitReadable(descriptor, (int) wait.toMillis())) {
      return Optional.empty();
    }
    return Optional.of(Arrays.copyOf(buffer, SocketCalls.receive(descriptor, buffer)));
  }

  @Override
  public void close() {
    SocketCalls.close(descriptor);
  }
}
