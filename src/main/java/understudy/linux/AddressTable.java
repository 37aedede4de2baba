package understudy.linux;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The kernel's table of network interfaces and their addresses (rtnetlink(7)). Lives in the network
 * namespace of the thread that opened it. Safe from any thread; a call takes some ten microseconds.
 */
public final class AddressTable implements AutoCloseable {
  private static final short NEW_LINK = 16;
  private static final short GET_LINK = 18;
  private static final short NEW_ADDRESS = 20;
  private static final short DELETE_ADDRESS = 21;
  private static final short GET_ADDRESS = 22;

  private static final int LINK_HEADER = 16;
  private static final int LINK_HARDWARE_ADDRESS = 1;
  private static final int LINK_NAME = 3;
  private static final int UP = 0x1;
  private static final int LOOPBACK = 0x8;
  private static final int RUNNING = 0x40;
  private static final int NO_ARP = 0x80;

  private static final int ADDRESS_HEADER = 8;
  private static final int ADDRESS_PEER = 1;
  private static final int ADDRESS_LOCAL = 2;
  private static final int ADDRESS_LIFETIME = 6;
  private static final int ADDRESS_FLAGS = 8;
  private static final int NO_DUPLICATE_DETECTION = 0x2;
  private static final int NO_PREFIX_ROUTE = 0x200;
  private static final int FOREVER = -1;

  private static final int NO_SUCH_DEVICE = 19;
  private static final int ADDRESS_NOT_AVAILABLE = 99;

  /** A network interface. */
  public record Link(
      int index,
      String name,
      HardwareAddress hardwareAddress,
      boolean isUp,
      boolean hasCarrier,
      boolean isLoopback,
      boolean resolvesNeighbours) {}

  /**
   * An address on an interface.
   *
   * @param validSeconds what is left of its life; empty: for ever
   */
  public record Entry(
      int linkIndex, InetAddress address, int prefix, Optional<Long> validSeconds, int flags) {}

  private final NetlinkSocket socket;

  public AddressTable() throws SystemCallException {
    socket = new NetlinkSocket(NetlinkSocket.ROUTE);
  }

  /** The interface of this name, if there is one. */
  public synchronized Optional<Link> link(String name) throws IOException {
    NetlinkRequest request = new NetlinkRequest().message(GET_LINK, NetlinkRequest.REQUEST);
    request.fixed(new byte[LINK_HEADER]).attribute(LINK_NAME, name);
    try {
      NetlinkSocket.Message answer = socket.query(request, "look up interface " + name);
      return answer.type() == NEW_LINK ? Optional.of(link(answer.body())) : Optional.empty();
    } catch (SystemCallException refused) {
      if (refused.error() == NO_SUCH_DEVICE) {
        return Optional.empty();
      }
      throw refused;
    }
  }

  private static Link link(ByteBuffer body) {
    Map<Integer, ByteBuffer> attributes = NetlinkRequest.attributes(body, LINK_HEADER);
    int flags = body.getInt(8);
    return new Link(
        body.getInt(4),
        text(attributes.get(LINK_NAME)),
        HardwareAddress.of(bytes(attributes.get(LINK_HARDWARE_ADDRESS))),
        (flags & UP) != 0,
        (flags & RUNNING) != 0,
        (flags & LOOPBACK) != 0,
        (flags & (NO_ARP | LOOPBACK)) == 0);
  }

  /** All addresses of this machine, in the kernel's order. */
  public synchronized List<Entry> addresses() throws IOException {
    NetlinkRequest request =
        new NetlinkRequest()
            .message(GET_ADDRESS, NetlinkRequest.REQUEST | NetlinkRequest.DUMP)
            .fixed(new byte[ADDRESS_HEADER]);
    List<Entry> entries = new ArrayList<>();
    for (NetlinkSocket.Message message : socket.dump(request, "list addresses")) {
      if (message.type() == NEW_ADDRESS) {
        entries.add(entry(message.body()));
      }
    }
    return entries;
  }

  /** Every entry of one address, whatever interface it is on. */
  public List<Entry> find(InetAddress address) throws IOException {
    return addresses().stream().filter(entry -> entry.address().equals(address)).toList();
  }

  private static Entry entry(ByteBuffer body) throws IOException {
    Map<Integer, ByteBuffer> attributes = NetlinkRequest.attributes(body, ADDRESS_HEADER);
    ByteBuffer local = attributes.getOrDefault(ADDRESS_LOCAL, attributes.get(ADDRESS_PEER));
    ByteBuffer lifetime = attributes.get(ADDRESS_LIFETIME);
    ByteBuffer flags = attributes.get(ADDRESS_FLAGS);
    int valid = lifetime == null ? FOREVER : lifetime.getInt(4);
    return new Entry(
        body.getInt(4),
        InetAddress.getByAddress(bytes(local)),
        Byte.toUnsignedInt(body.get(1)),
        valid == FOREVER ? Optional.empty() : Optional.of(Integer.toUnsignedLong(valid)),
        flags == null ? Byte.toUnsignedInt(body.get(2)) : flags.getInt(0));
  }

  /**
   * Adds an address, or changes the lifetime of one that is there. IPv6 gets it without duplicate
   * detection, and without a route for the prefix when {@code isPrefixRouted} by another address
   * (else the shorter lifetime would pass over to that route).
   */
  public synchronized void put(
      Link link, InetAddress address, int prefix, int validSeconds, boolean isPrefixRouted)
      throws IOException {
    boolean isV6 = address.getAddress().length == 16;
    int flags = isV6 ? NO_DUPLICATE_DETECTION | (isPrefixRouted ? NO_PREFIX_ROUTE : 0) : 0;
    NetlinkRequest request =
        request(NEW_ADDRESS, NetlinkRequest.CREATE | NetlinkRequest.REPLACE, link, address, prefix);
    request
        .attribute(ADDRESS_FLAGS, flags)
        .attribute(
            ADDRESS_LIFETIME,
            ByteBuffer.allocate(16)
                .order(ByteOrder.nativeOrder())
                .putInt(validSeconds)
                .putInt(validSeconds)
                .array());
    socket.command(request, "set " + address.getHostAddress() + " on " + link.name());
  }

  /** Removes an address; false when it was not there. */
  public synchronized boolean delete(Link link, InetAddress address, int prefix)
      throws IOException {
    try {
      socket.command(
          request(DELETE_ADDRESS, 0, link, address, prefix),
          "remove " + address.getHostAddress() + " from " + link.name());
      return true;
    } catch (SystemCallException refused) {
      if (refused.error() == ADDRESS_NOT_AVAILABLE || refused.error() == NO_SUCH_DEVICE) {
        return false;
      }
      throw refused;
    }
  }

  private static NetlinkRequest request(
      short type, int flags, Link link, InetAddress address, int prefix) {
    byte[] bytes = address.getAddress();
    byte family = (byte) (bytes.length == 16 ? SocketCalls.AF_INET6 : SocketCalls.AF_INET);
    return new NetlinkRequest()
        .message(type, NetlinkRequest.REQUEST | NetlinkRequest.ACKNOWLEDGE | flags)
        .fixed(family, (byte) prefix, (byte) 0, (byte) 0)
        .fixedInt(link.index())
        .attribute(ADDRESS_LOCAL, bytes)
        .attribute(ADDRESS_PEER, bytes);
  }

  private static byte[] bytes(@Nullable ByteBuffer attribute) {
    if (attribute == null) {
      return new byte[0];
    }
    byte[] bytes = new byte[attribute.limit()];
    attribute.get(0, bytes);
    return bytes;
  }

  private static String text(@Nullable ByteBuffer attribute) {
    byte[] bytes = bytes(attribute);
    int length = bytes.length > 0 && bytes[bytes.length - 1] == 0 ? bytes.length - 1 : bytes.length;
    return new String(Arrays.copyOf(bytes, length), StandardCharsets.UTF_8);
  }

  @Override
  public synchronized void close() {
    socket.close();
  }
}
