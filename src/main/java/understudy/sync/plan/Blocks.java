package understudy.sync.plan;

import java.util.Arrays;

/**
 * What is known of a file's blocks: for each the SHA-256 that its content's name is made of, and
 * perhaps a quick check (16 bytes, keyed by the process that made it) that tells whether a block
 * must be hashed again.
 *
 * @param hashes 32 bytes a block, in order
 * @param checks 16 bytes a block, or empty
 */
public record Blocks(long sizeBytes, Bytes hashes, Bytes checks) {
  /** The size of a quick check. */
  public static final int CHECK_BYTES = 16;

  /** How many bytes of a block's hash are enough to find out whether the other side has it. */
  public static final int PREFIX_BYTES = 8;

  public Blocks {
    if (hashes.length() != count(sizeBytes) * Hash.BYTES) {
      throw new IllegalArgumentException("these are not the blocks of " + sizeBytes + " bytes");
    }
  }

  /** How many blocks a file of that size has. */
  public static int count(long sizeBytes) {
    int blockBytes = ContentHash.blockBytes(sizeBytes);
    return Math.toIntExact((sizeBytes + blockBytes - 1) / blockBytes);
  }

  public int count() {
    return hashes.length() / Hash.BYTES;
  }

  public int blockBytes() {
    return ContentHash.blockBytes(sizeBytes);
  }

  /** The length of that block: only the last may be short. */
  public int lengthOf(int block) {
    return (int) Math.min(blockBytes(), sizeBytes - (long) block * blockBytes());
  }

  /** The name of the content that has these blocks. */
  public Hash content() {
    return ContentHash.ofBlocks(sizeBytes, hashes.bytes());
  }

  /** The beginning of each block's hash, for the other side to compare. */
  public byte[] prefixes() {
    var prefixes = new ByteWriter(count() * PREFIX_BYTES);
    for (int block = 0; block < count(); block++) {
      int from = block * Hash.BYTES;
      prefixes.raw(Arrays.copyOfRange(hashes.bytes(), from, from + PREFIX_BYTES));
    }
    return prefixes.bytes();
  }

  /** That block's hash begins as {@code prefixes} say. */
  public boolean isAt(int block, byte[] prefixes) {
    int at = block * PREFIX_BYTES;
    int from = block * Hash.BYTES;
    return at + PREFIX_BYTES <= prefixes.length
        && Arrays.equals(
            prefixes, at, at + PREFIX_BYTES, hashes.bytes(), from, from + PREFIX_BYTES);
  }

  /** That block has the given quick check. */
  public boolean isChecked(int block, byte[] check) {
    int at = block * CHECK_BYTES;
    return at + CHECK_BYTES <= checks.length()
        && Arrays.equals(check, 0, CHECK_BYTES, checks.bytes(), at, at + CHECK_BYTES);
  }
}
