package understudy.sync.plan;

import java.util.Arrays;

/** One extended attribute. */
public record Attribute(Bytes name, Bytes value) implements Comparable<Attribute> {
  /** The kernel's limit for a value (XATTR_SIZE_MAX). */
  public static final int LARGEST_BYTES = 64 << 10;

  /** How many one file may carry here. */
  public static final int MOST = 256;

  @Override
  public int compareTo(Attribute other) {
    return Arrays.compareUnsigned(name.bytes(), other.name.bytes());
  }
}
