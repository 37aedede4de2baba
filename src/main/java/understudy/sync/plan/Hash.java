package understudy.sync.plan;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A SHA-256 value: names a content, a tree or a generation. */
public record Hash(long first, long second, long third, long fourth) {
  /** Its size in bytes. */
  public static final int BYTES = 32;

  /** Reads 32 bytes at {@code offset}, most significant first. */
  public static Hash of(byte[] bytes, int offset) {
    return new Hash(
        word(bytes, offset),
        word(bytes, offset + 8),
        word(bytes, offset + 16),
        word(bytes, offset + 24));
  }

  /** The hash of all of these bytes. */
  public static Hash over(byte[] bytes) {
    return of(sha256().digest(bytes), 0);
  }

  /** Reads what {@link #toString} wrote; throws {@link IllegalArgumentException} otherwise. */
  public static Hash parse(String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException("a hash has 64 hexadecimal digits, not " + hex.length());
    }
    return of(bytes, 0);
  }

  public static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException absent) {
      throw new AssertionError("every Java platform has SHA-256", absent);
    }
  }

  private static long word(byte[] bytes, int offset) {
    long word = 0;
    for (int at = offset; at < offset + 8; at++) {
      word = word << 8 | (bytes[at] & 0xff);
    }
    return word;
  }

  public byte[] bytes() {
    return new ByteWriter(BYTES).hash(this).bytes();
  }

  /** The first 12 hexadecimal digits, for people. */
  public String brief() {
    return toString().substring(0, 12);
  }

  @Override
  public String toString() {
    return HexFormat.of().formatHex(bytes());
  }
}
