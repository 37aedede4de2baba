package understudy.resource.address;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import understudy.linux.EchoSocket;
import understudy.linux.HardwareAddress;
import understudy.linux.PacketSocket.Instruction;

/**
 * The Ethernet frames that ask who has an address and that tell who has it: ARP (RFC 826, RFC 5227)
 * for IPv4, neighbour discovery (RFC 4861) for IPv6.
 */
final class NeighbourFrames {
  static final int ARP = 0x0806;
  static final int IPV6 = 0x86dd;

  private static final byte[] EVERYBODY = {-1, -1, -1, -1, -1, -1};
  private static final byte[] NOBODY = new byte[6];
  private static final int HARDWARE = 6;
  private static final int ETHERNET = 14;
  private static final int IPV6_HEADER = 40;
  private static final short ARP_REQUEST = 1;
  private static final short ARP_REPLY = 2;
  private static final byte SOLICITATION = (byte) 135;
  private static final byte ADVERTISEMENT = (byte) 136;
  private static final byte ICMP_V6 = 58;
  private static final int OVERRIDE = 0x20000000;

  private static final int LOAD_WORD = 0x20;
  private static final int LOAD_BYTE = 0x30;
  private static final int JUMP_EQUAL = 0x15;
  private static final int RETURN = 0x06;
  private static final int WHOLE_FRAME = 0xffff;

  private NeighbourFrames() {}

  static int etherType(InetAddress address) {
    return address instanceof Inet6Address ? IPV6 : ARP;
  }

  /** Asks who has {@code address} without claiming it or any other. */
  static byte[] probe(HardwareAddress asking, InetAddress address) {
    byte[] self = asking.bytes();
    byte[] target = address.getAddress();
    if (!(address instanceof Inet6Address)) {
      return arp(self, ARP_REQUEST, new byte[4], NOBODY, target);
    }
    byte[] group = solicitedGroup(target);
    byte[] body = ByteBuffer.allocate(24).put(SOLICITATION).position(8).put(target).array();
    return icmpV6(self, multicast(group), new byte[16], group, body);
  }

  /**
   * Tells everybody on the link that {@code holder} has {@code address}, in every accepted form.
   */
  static List<byte[]> announcements(HardwareAddress holder, InetAddress address) {
    byte[] self = holder.bytes();
    byte[] own = address.getAddress();
    if (!(address instanceof Inet6Address)) {
      return List.of(
          arp(self, ARP_REQUEST, own, NOBODY, own), arp(self, ARP_REPLY, own, EVERYBODY, own));
    }
    byte[] everybody = {(byte) 0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
    byte[] body =
        ByteBuffer.allocate(32)
            .put(ADVERTISEMENT)
            .putInt(4, OVERRIDE)
            .position(8)
            .put(own)
            .put((byte) 2)
            .put((byte) 1)
            .put(self)
            .array();
    return List.of(icmpV6(self, multicast(everybody), own, everybody, body));
  }

  /** Lets through only what a holder of {@code address} says. */
  static List<Instruction> filter(InetAddress address) {
    ByteBuffer words = ByteBuffer.wrap(address.getAddress());
    if (!(address instanceof Inet6Address)) {
      return List.of(
          new Instruction(LOAD_WORD, 0, 0, ETHERNET + 14),
          new Instruction(JUMP_EQUAL, 0, 1, words.getInt(0)),
          new Instruction(RETURN, 0, 0, WHOLE_FRAME),
          new Instruction(RETURN, 0, 0, 0));
    }
    int icmp = ETHERNET + IPV6_HEADER;
    return List.of(
        new Instruction(LOAD_BYTE, 0, 0, ETHERNET + 6),
        new Instruction(JUMP_EQUAL, 0, 11, ICMP_V6),
        new Instruction(LOAD_BYTE, 0, 0, icmp),
        new Instruction(JUMP_EQUAL, 0, 9, Byte.toUnsignedInt(ADVERTISEMENT)),
        new Instruction(LOAD_WORD, 0, 0, icmp + 8),
        new Instruction(JUMP_EQUAL, 0, 7, words.getInt(0)),
        new Instruction(LOAD_WORD, 0, 0, icmp + 12),
        new Instruction(JUMP_EQUAL, 0, 5, words.getInt(4)),
        new Instruction(LOAD_WORD, 0, 0, icmp + 16),
        new Instruction(JUMP_EQUAL, 0, 3, words.getInt(8)),
        new Instruction(LOAD_WORD, 0, 0, icmp + 20),
        new Instruction(JUMP_EQUAL, 0, 1, words.getInt(12)),
        new Instruction(RETURN, 0, 0, WHOLE_FRAME),
        new Instruction(RETURN, 0, 0, 0));
  }

  /** The hardware address of another machine that says it has the probed address. */
  static Optional<HardwareAddress> foreignHolder(byte[] frame, HardwareAddress self) {
    return frame.length < ETHERNET
        ? Optional.empty()
        : Optional.of(HardwareAddress.in(frame, HARDWARE)).filter(it -> !it.equals(self));
  }

  private static byte[] arp(
      byte[] self, short operation, byte[] senderIp, byte[] targetHardware, byte[] targetIp) {
    return ByteBuffer.allocate(ETHERNET + 28)
        .put(EVERYBODY)
        .put(self)
        .putShort((short) ARP)
        .putShort((short) 1)
        .putShort((short) 0x0800)
        .put((byte) HARDWARE)
        .put((byte) 4)
        .putShort(operation)
        .put(self)
        .put(senderIp)
        .put(targetHardware)
        .put(targetIp)
        .array();
  }

  private static byte[] solicitedGroup(byte[] target) {
    byte[] group = {(byte) 0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, (byte) 0xff, 0, 0, 0};
    System.arraycopy(target, 13, group, 13, 3);
    return group;
  }

  private static byte[] multicast(byte[] group) {
    return new byte[] {0x33, 0x33, group[12], group[13], group[14], group[15]};
  }

  private static byte[] icmpV6(
      byte[] self, byte[] to, byte[] source, byte[] destination, byte[] body) {
    ByteBuffer pseudoHeader = ByteBuffer.allocate(IPV6_HEADER + body.length);
    pseudoHeader.put(source).put(destination).putInt(body.length).putInt(ICMP_V6).put(body);
    ByteBuffer.wrap(body).putShort(2, EchoSocket.checksum(pseudoHeader.array()));
    return ByteBuffer.allocate(ETHERNET + IPV6_HEADER + body.length)
        .put(to)
        .put(self)
        .putShort((short) IPV6)
        .putInt(6 << 28)
        .putShort((short) body.length)
        .put(ICMP_V6)
        .put((byte) 255)
        .put(source)
        .put(destination)
        .put(body)
        .array();
  }
}
