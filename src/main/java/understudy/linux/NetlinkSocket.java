package understudy.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One netlink socket (RFC 3549): sends requests and reads the kernel's answers. The kernel answers
 * within the call that sends, so a wait beyond {@link #ANSWER_MILLIS} is an error. Lives in the
 * network namespace of the thread that opened it. Used by one thread at a time.
 */
final class NetlinkSocket implements AutoCloseable {
  static final int ROUTE = 0;
  static final int NETFILTER = 12;

  private static final short ERROR = 2;
  private static final short DONE = 3;
  private static final int HEADER = 16;
  private static final int ANSWER_MILLIS = 1000;
  private static final int BUFFER = 64 * 1024;
  private static final int MOST_MESSAGES = 20_000;

  /** One message from the kernel; {@code body} is what follows the header. */
  record Message(short type, int sequence, ByteBuffer body) {
    int error() {
      return -body.getInt(0);
    }
  }

  private final int descriptor;
  private final byte[] buffer = new byte[BUFFER];

  NetlinkSocket(int protocol) throws SystemCallException {
    descriptor = SocketCalls.socket(SocketCalls.AF_NETLINK, SocketCalls.SOCK_RAW, protocol);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment address = arena.allocate(12, 4);
      address.set(JAVA_SHORT, 0, (short) SocketCalls.AF_NETLINK);
      SocketCalls.bind(descriptor, address);
    } catch (SystemCallException refused) {
      SocketCalls.close(descriptor);
      throw refused;
    }
  }

  /** Sends one request that asks for an acknowledgement; throws what the kernel objected. */
  void command(NetlinkRequest request, String call) throws IOException {
    send(request.bytes());
    while (true) {
      for (Message message : receive()) {
        if (message.type() == ERROR && message.sequence() == request.lastSequence()) {
          if (message.error() != 0) {
            throw new SystemCallException(call, message.error());
          }
          return;
        }
      }
    }
  }

  /**
   * Sends a batch whose last acknowledged message is the one numbered {@code lastAcknowledged};
   * throws the first objection, after which the kernel has applied nothing.
   */
  void batch(NetlinkRequest request, int lastAcknowledged, String call) throws IOException {
    send(request.bytes());
    while (true) {
      for (Message message : receive()) {
        boolean isOurs =
            message.sequence() >= request.firstSequence()
                && message.sequence() <= request.lastSequence();
        if (message.type() == ERROR && isOurs) {
          if (message.error() != 0) {
            throw new SystemCallException(call, message.error());
          }
          if (message.sequence() == lastAcknowledged) {
            return;
          }
        }
      }
    }
  }

  /** Sends a request that is answered by one message. */
  Message query(NetlinkRequest request, String call) throws IOException {
    send(request.bytes());
    while (true) {
      for (Message message : receive()) {
        if (message.sequence() == request.lastSequence()) {
          if (message.type() == ERROR) {
            throw new SystemCallException(call, message.error());
          }
          return message;
        }
      }
    }
  }

  /** Sends a dump request and returns all answers. */
  List<Message> dump(NetlinkRequest request, String call) throws IOException {
    send(request.bytes());
    List<Message> answers = new ArrayList<>();
    while (true) {
      for (Message message : receive()) {
        if (message.sequence() != request.lastSequence()) {
          continue;
        }
        if (message.type() == DONE) {
          return answers;
        }
        if (message.type() == ERROR) {
          throw new SystemCallException(call, message.error());
        }
        if (answers.size() == MOST_MESSAGES) {
          throw new IOException(call + ": more than " + MOST_MESSAGES + " answers");
        }
        answers.add(message);
      }
    }
  }

  private void send(byte[] request) throws SystemCallException {
    try (Arena sending = Arena.ofConfined()) {
      SocketCalls.send(descriptor, sending.allocateFrom(JAVA_BYTE, request), MemorySegment.NULL);
    }
  }

  private List<Message> receive() throws IOException {
    if (!SocketCalls.awaitReadable(descriptor, ANSWER_MILLIS)) {
      throw new IOException("netlink: the kernel did not answer within " + ANSWER_MILLIS + " ms");
    }
    ByteBuffer datagram =
        ByteBuffer.wrap(buffer, 0, SocketCalls.receive(descriptor, buffer))
            .order(ByteOrder.nativeOrder());
    List<Message> messages = new ArrayList<>();
    while (datagram.remaining() >= HEADER) {
      int start = datagram.position();
      int length = datagram.getInt(start);
      if (length < HEADER || length > datagram.remaining()) {
        throw new IOException("netlink: the kernel sent a message of " + length + " bytes");
      }
      byte[] body = Arrays.copyOfRange(buffer, start + HEADER, start + length);
      messages.add(
          new Message(
              datagram.getShort(start + 4),
              datagram.getInt(start + 8),
              ByteBuffer.wrap(body).order(ByteOrder.nativeOrder())));
      datagram.position(Math.min(datagram.limit(), NetlinkRequest.aligned(start + length)));
    }
    return messages;
  }

  @Override
  public void close() {
    SocketCalls.close(descriptor);
  }
}
