package understudy.sync.plan;

import java.util.Arrays;

/** Builds a byte block: numbers most significant byte first, byte strings after their length. */
public final class ByteWriter {
  private byte[] bytes;
  private int length;

  public ByteWriter(int expectedBytes) {
    this.bytes = new byte[Math.max(expectedBytes, 16)];
  }

  private int room(int more) {
    int start = length;
    length = Math.addExact(length, more);
    if (length > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(length, bytes.length + (bytes.length >> 1)));
    }
    return start;
  }

  private ByteWriter number(long value, int width) {
    int start = room(width);
    for (int at = 0; at < width; at++) {
      bytes[start + at] = (byte) (value >>> (8 * (width - 1 - at)));
    }
    return this;
  }

  public ByteWriter u8(int value) {
    return number(value, 1);
  }

  public ByteWriter u16(int value) {
    return number(value, 2);
  }

  public ByteWriter u32(int value) {
    return number(value, 4);
  }

  public ByteWriter u64(long value) {
    return number(value, 8);
  }

  public ByteWriter hash(Hash hash) {
    return u64(hash.first()).u64(hash.second()).u64(hash.third()).u64(hash.fourth());
  }

  /** At most 65,535 bytes after their length in two. */
  public ByteWriter shortBytes(byte[] value) {
    if (value.length > 0xffff) {
      throw new IllegalArgumentException(value.length + " bytes do not fit a short byte string");
    }
    return u16(value.length).raw(value);
  }

  /** Bytes after their length in four. */
  public ByteWriter longBytes(byte[] value) {
    return u32(value.length).raw(value);
  }

  /** ASCII text after its length in two. */
  public ByteWriter text(String ascii) {
    u16(ascii.length());
    for (int at = 0; at < ascii.length(); at++) {
      u8(ascii.charAt(at));
    }
    return this;
  }

  public ByteWriter raw(byte[] value) {
    int start = room(value.length);
    for (int at = 0; at < value.length; at++) {
      bytes[start + at] = value[at];
    }
    return this;
  }

  public byte[] bytes() {
    return Arrays.copyOf(bytes, length);
  }
}
