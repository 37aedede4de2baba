package understudy.sync;

import java.util.BitSet;
import understudy.sync.plan.Blocks;
import understudy.sync.plan.ByteReader;
import understudy.sync.plan.ByteWriter;
import understudy.sync.plan.Bytes;
import understudy.sync.plan.ContentHash;
import understudy.sync.plan.Hash;
import understudy.sync.plan.MalformedException;

/**
 * How a large file is changed where it lies: these blocks of it come from the staged file of the
 * same path, all others stay. Old and new size have the same block size.
 *
 * @param base the file's key when its blocks were compared
 * @param oldContent what it held then
 * @param fresh the blocks that come
 * @param hashes what they hash to, 32 bytes each, in order
 */
record FilePatch(
    LocalKey base, long oldBytes, Hash oldContent, long freshBytes, BitSet fresh, Bytes hashes) {
  private static final int LARGEST_BITS = 1 << 20;

  FilePatch {
    if (ContentHash.blockBytes(oldBytes) != ContentHash.blockBytes(freshBytes)
        || fresh.length() > Blocks.count(freshBytes)
        || hashes.length() != fresh.cardinality() * Hash.BYTES) {
      throw new IllegalArgumentException("no such patch can be");
    }
  }

  int blockBytes() {
    return ContentHash.blockBytes(freshBytes);
  }

  /** The old blocks that are overwritten or cut off. */
  BitSet replaced() {
    int count = Blocks.count(oldBytes);
    BitSet replaced = fresh.get(0, count);
    replaced.set(Math.min(Blocks.count(freshBytes), count), count);
    return replaced;
  }

  /** How many bytes the replaced blocks have. */
  long replacedBytes() {
    return Math.min(oldBytes, (long) replaced().cardinality() * blockBytes());
  }

  void write(ByteWriter writer) {
    base.write(writer);
    writer.u64(oldBytes).hash(oldContent).u64(freshBytes);
    writer.longBytes(fresh.toByteArray()).longBytes(hashes.bytes());
  }

  static FilePatch read(ByteReader reader) throws MalformedException {
    LocalKey base = LocalKey.read(reader);
    long oldBytes = reader.count();
    Hash oldContent = reader.hash();
    long freshBytes = reader.count();
    BitSet fresh = BitSet.valueOf(reader.longBytes(LARGEST_BITS));
    byte[] hashes = reader.longBytes(LARGEST_BITS * Hash.BYTES);
    try {
      return new FilePatch(base, oldBytes, oldContent, freshBytes, fresh, new Bytes(hashes));
    } catch (IllegalArgumentException impossible) {
      throw new MalformedException(String.valueOf(impossible.getMessage()));
    }
  }
}
