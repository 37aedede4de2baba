package understudy.sync.plan;

import java.security.MessageDigest;

/**
 * Computes the hash that names a file's content: SHA-256 over its size, its block size and the
 * SHA-256 of each block. The block size follows from the file size alone, so that equal contents
 * have equal names on every node: 64 KiB, doubled until 131,072 blocks are enough, at most 16 MiB.
 * One use per file, by one thread.
 */
public final class ContentHash {
  private static final int SMALLEST_BLOCK_BYTES = 64 << 10;
  private static final int LARGEST_BLOCK_BYTES = 16 << 20;
  private static final int ENOUGH_BLOCKS = 128 << 10;

  private final MessageDigest whole = Hash.sha256();
  private final MessageDigest block = Hash.sha256();
  private final int blockBytes;
  private final ByteWriter hashes = new ByteWriter(Hash.BYTES);
  private int inBlock;

  public ContentHash(long sizeBytes) {
    this.blockBytes = blockBytes(sizeBytes);
    whole.update(start(sizeBytes, blockBytes));
  }

  private static byte[] start(long sizeBytes, int blockBytes) {
    return new ByteWriter(24).text("content").u64(sizeBytes).u32(blockBytes).bytes();
  }

  /** The name of a content whose blocks' hashes are known, 32 bytes each. */
  public static Hash ofBlocks(long sizeBytes, byte[] hashes) {
    MessageDigest whole = Hash.sha256();
    whole.update(start(sizeBytes, blockBytes(sizeBytes)));
    return Hash.of(whole.digest(hashes), 0);
  }

  /** The hash of one block. */
  public static byte[] ofBlock(byte[] bytes, int offset, int length) {
    MessageDigest digest = Hash.sha256();
    digest.update(bytes, offset, length);
    return digest.digest();
  }

  /** The block size for a file of that size; a power of two. */
  public static int blockBytes(long sizeBytes) {
    int blockBytes = SMALLEST_BLOCK_BYTES;
    while (blockBytes < LARGEST_BLOCK_BYTES && (long) blockBytes * ENOUGH_BLOCKS < sizeBytes) {
      blockBytes *= 2;
    }
    return blockBytes;
  }

  public void update(byte[] bytes, int offset, int length) {
    int at = offset;
    int left = length;
    while (left > 0) {
      int part = Math.min(left, blockBytes - inBlock);
      block.update(bytes, at, part);
      inBlock += part;
      at += part;
      left -= part;
      if (inBlock == blockBytes) {
        endBlock();
      }
    }
  }

  private void endBlock() {
    byte[] hash = block.digest();
    whole.update(hash);
    hashes.raw(hash);
    inBlock = 0;
  }

  /** The hashes of the blocks, 32 bytes each, once it is finished. */
  public byte[] hashes() {
    return hashes.bytes();
  }

  /** The name of what was given so far; ends the use of this object. */
  public Hash finish() {
    if (inBlock > 0) {
      endBlock();
    }
    return Hash.of(whole.digest(), 0);
  }
}
