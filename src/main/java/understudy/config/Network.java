package understudy.config;

import java.net.Inet4Address;
import java.net.InetAddress;

/** An address with the length of its network's prefix, as in {@code 10.0.0.50/24}. */
record Network(InetAddress address, int prefix) {

  /** Throws {@link IllegalArgumentException} that says what is wrong. */
  static Network parse(String text) {
    int slash = text.indexOf('/');
    String literal = slash < 0 ? text : text.substring(0, slash);
    InetAddress address;
    try {
      address = InetAddress.ofLiteral(literal);
    } catch (IllegalArgumentException notAnAddress) {
      throw new IllegalArgumentException(
          "'" + literal + "' is not an IP address; write 10.0.0.50/24 or fd00::50/64",
          notAnAddress);
    }
    int most = address instanceof Inet4Address ? 32 : 128;
    String example = literal + "/" + (most == 32 ? 24 : 64);
    if (slash < 0) {
      throw new IllegalArgumentException(
          "'" + text + "' lacks the network's prefix length; write " + example);
    }
    String length = text.substring(slash + 1);
    if (!length.matches("\\d{1,3}") || Integer.parseInt(length) > most) {
      throw new IllegalArgumentException(
          "'/" + length + "' is not a prefix length from 0 to " + most + "; write " + example);
    }
    if (address.isAnyLocalAddress() || address.isMulticastAddress()) {
      throw new IllegalArgumentException("'" + literal + "' cannot be a machine's address");
    }
    return new Network(address, Integer.parseInt(length));
  }
}
