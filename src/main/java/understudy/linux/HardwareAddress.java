package understudy.linux;

import java.util.HexFormat;

/**
 * An Ethernet address.
 *
 * @param bits its six bytes, the first in the highest place
 */
public record HardwareAddress(long bits) {
  private static final int LENGTH = 6;

  /** Links of another kind (tunnels, loopback) have none that counts: it reads as zero. */
  static HardwareAddress of(byte[] bytes) {
    long bits = 0;
    for (int at = 0; bytes.length == LENGTH && at < LENGTH; at++) {
      bits = bits << 8 | Byte.toUnsignedInt(bytes[at]);
    }
    return new HardwareAddress(bits);
  }

  /** The address that starts at {@code offset} of a frame. */
  public static HardwareAddress in(byte[] frame, int offset) {
    return of(java.util.Arrays.copyOfRange(frame, offset, offset + LENGTH));
  }

  public byte[] bytes() {
    byte[] bytes = new byte[LENGTH];
    for (int at = 0; at < LENGTH; at++) {
      bytes[at] = (byte) (bits >> (8 * (LENGTH - 1 - at)));
    }
    return bytes;
  }

  /** As people write it: {@code 02:fc:00:00:00:01}. */
  @Override
  public String toString() {
    return HexFormat.ofDelimiter(":").formatHex(bytes());
  }
}
