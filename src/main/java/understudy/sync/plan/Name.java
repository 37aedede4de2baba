package understudy.sync.plan;

import java.util.Arrays;

/**
 * The name of one directory entry: 1 to 255 bytes, any but {@code /} and NUL, neither {@code .} nor
 * {@code ..}. Ordered by unsigned bytes.
 */
public final class Name implements Comparable<Name> {
  /** The kernel's NAME_MAX. */
  public static final int LONGEST_BYTES = 255;

  private final byte[] bytes;

  private Name(byte[] bytes) {
    this.bytes = bytes;
  }

  /** The name; throws {@link IllegalArgumentException} when these bytes cannot be one. */
  public static Name of(byte[] bytes) {
    String fault = fault(bytes);
    if (!fault.isEmpty()) {
      throw new IllegalArgumentException(fault);
    }
    return new Name(bytes.clone());
  }

  /** As {@link #of}, for bytes that somebody else sent. */
  public static Name received(byte[] bytes) throws MalformedException {
    String fault = fault(bytes);
    if (!fault.isEmpty()) {
      throw new MalformedException(fault);
    }
    return new Name(bytes);
  }

  /** A name of plain ASCII letters. */
  public static Name ascii(String text) {
    byte[] bytes = new byte[text.length()];
    for (int at = 0; at < bytes.length; at++) {
      bytes[at] = (byte) text.charAt(at);
    }
    return of(bytes);
  }

  private static String fault(byte[] bytes) {
    if (bytes.length == 0 || bytes.length > LONGEST_BYTES) {
      return "a name has 1 to 255 bytes, not " + bytes.length;
    }
    if (bytes[0] == '.' && (bytes.length == 1 || (bytes.length == 2 && bytes[1] == '.'))) {
      return "'.' and '..' are not names of entries";
    }
    for (byte one : bytes) {
      if (one == '/' || one == 0) {
        return "a name contains neither '/' nor NUL";
      }
    }
    return "";
  }

  /** Its bytes; not to be changed. */
  public byte[] bytes() {
    return bytes;
  }

  @Override
  public int compareTo(Name other) {
    return Arrays.compareUnsigned(bytes, other.bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Name name && Arrays.equals(bytes, name.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return TreePath.ROOT.child(this).toString();
  }
}
