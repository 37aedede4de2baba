package understudy.linux;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import understudy.linux.AddressTable.Link;

/**
 * The kernel's table of machines on its links (rtnetlink(7), neigh). Lives in the network namespace
 * of the thread that opened it. Safe from any thread; a call takes some ten microseconds.
 */
public final class NeighbourTable implements AutoCloseable {
  private static final short NEW_NEIGHBOUR = 28;
  private static final short DELETE_NEIGHBOUR = 29;
  private static final short GET_NEIGHBOUR = 30;

  private static final int HEADER = 12;
  private static final int DESTINATION = 1;
  private static final int INCOMPLETE = 0x1;
  private static final int NO_SUCH_ENTRY = 2;

  private final NetlinkSocket socket;

  public NeighbourTable() throws SystemCallException {
    socket = new NetlinkSocket(NetlinkSocket.ROUTE);
  }

  /**
   * Forgets the machines on this link that were asked for their hardware address and have not
   * answered: the next packet to them asks again at once, and not when the kernel's second is over.
   */
  public synchronized void forgetUnanswered(Link link) throws IOException {
    NetlinkRequest list =
        new NetlinkRequest()
            .message(GET_NEIGHBOUR, NetlinkRequest.REQUEST | NetlinkRequest.DUMP)
            .fixed(new byte[HEADER]);
    for (NetlinkSocket.Message message : socket.dump(list, "list neighbours")) {
      ByteBuffer entry = message.body();
      if (message.type() == NEW_NEIGHBOUR
          && entry.getInt(4) == link.index()
          && (entry.getShort(8) & INCOMPLETE) != 0) {
        forget(link, entry);
      }
    }
  }

  private void forget(Link link, ByteBuffer entry) throws IOException {
    Map<Integer, ByteBuffer> attributes = NetlinkRequest.attributes(entry, HEADER);
    ByteBuffer destination = attributes.get(DESTINATION);
    if (destination == null) {
      return;
    }
    byte[] address = new byte[destination.limit()];
    destination.get(0, address);
    NetlinkRequest request =
        new NetlinkRequest()
            .message(DELETE_NEIGHBOUR, NetlinkRequest.REQUEST | NetlinkRequest.ACKNOWLEDGE)
            .fixed(entry.get(0), (byte) 0, (byte) 0, (byte) 0)
            .fixedInt(link.index())
            .fixedInt(0)
            .attribute(DESTINATION, address);
    try {
      socket.command(request, "forget a neighbour on " + link.name());
    } catch (SystemCallException refused) {
      if (refused.error() != NO_SUCH_ENTRY) { // it has answered meanwhile
        throw refused;
      }
    }
  }

  @Override
  public synchronized void close() {
    socket.close();
  }
}
