package understudy.sync.plan;

import java.util.Arrays;

/** Reads what a {@link ByteWriter} built, trusting nothing: every length is checked first. */
public final class ByteReader {
  private final byte[] bytes;
  private int at;

  public ByteReader(byte[] bytes) {
    this.bytes = bytes;
  }

  private long number(int width) throws MalformedException {
    need(width);
    long value = 0;
    for (int end = at + width; at < end; at++) {
      value = value << 8 | (bytes[at] & 0xff);
    }
    return value;
  }

  private void need(int count) throws MalformedException {
    if (count > bytes.length - at) {
      throw new MalformedException(
          "a block ends " + (count - (bytes.length - at)) + " bytes too early");
    }
  }

  public int u8() throws MalformedException {
    return (int) number(1);
  }

  public int u16() throws MalformedException {
    return (int) number(2);
  }

  public int u32() throws MalformedException {
    return (int) number(4);
  }

  public long u64() throws MalformedException {
    return number(8);
  }

  /** A count or size: 64 bits, never negative. */
  public long count() throws MalformedException {
    long value = u64();
    if (value < 0) {
      throw new MalformedException("a count is negative");
    }
    return value;
  }

  public Hash hash() throws MalformedException {
    need(Hash.BYTES);
    Hash hash = Hash.of(bytes, at);
    at += Hash.BYTES;
    return hash;
  }

  public byte[] shortBytes() throws MalformedException {
    return raw(u16());
  }

  /** Bytes after a length of at most {@code limit}. */
  public byte[] longBytes(int limit) throws MalformedException {
    int length = u32();
    if (length < 0 || length > limit) {
      throw new MalformedException("a byte string is longer than " + limit);
    }
    return raw(length);
  }

  /** ASCII text of at most {@code limit} characters. */
  public String text(int limit) throws MalformedException {
    int length = u16();
    if (length > limit) {
      throw new MalformedException("a text is longer than " + limit);
    }
    StringBuilder text = new StringBuilder(length);
    for (int count = 0; count < length; count++) {
      text.append((char) u8());
    }
    return text.toString();
  }

  public byte[] raw(int length) throws MalformedException {
    need(length);
    byte[] part = Arrays.copyOfRange(bytes, at, at + length);
    at += length;
    return part;
  }

  public boolean hasMore() {
    return at < bytes.length;
  }

  /** Throws when something follows. */
  public void end() throws MalformedException {
    if (hasMore()) {
      throw new MalformedException((bytes.length - at) + " bytes follow the end of a block");
    }
  }
}
