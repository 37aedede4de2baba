package understudy.sync;

import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import understudy.sync.plan.ByteReader;
import understudy.sync.plan.ByteWriter;
import understudy.sync.plan.Bytes;
import understudy.sync.plan.MalformedException;
import understudy.sync.plan.Tree;
import understudy.sync.plan.TreeCode;

/**
 * One directory as the index keeps it: what every node sees, and this node's key per entry. After
 * the keys stands a checksum (CRC-32C, 4 bytes) over tree and keys, because SQLite has none: a bit
 * that flipped on the disk must not become a difference between two nodes.
 */
record IndexedTree(Bytes code, Tree tree, List<LocalKey> keys) {
  static final IndexedTree EMPTY = new IndexedTree(new Bytes(new byte[0]), Tree.EMPTY, List.of());
  private static final int CHECKSUM_BYTES = 4;

  static IndexedTree of(Tree tree, List<LocalKey> keys) {
    return new IndexedTree(new Bytes(TreeCode.encode(tree)), tree, keys);
  }

  static IndexedTree decode(byte[] encoded, byte[] keys) throws IndexDamaged {
    try {
      check(encoded, keys);
      Tree tree = TreeCode.decode(encoded);
      ByteReader reader = new ByteReader(keys);
      List<LocalKey> decoded = new ArrayList<>(tree.entries().size());
      for (int left = keyCount(keys); left > 0; left--) {
        decoded.add(LocalKey.read(reader));
      }
      if (decoded.size() != tree.entries().size()) {
        throw new MalformedException("entries and keys do not match");
      }
      return new IndexedTree(new Bytes(encoded), tree, decoded);
    } catch (MalformedException damaged) {
      throw new IndexDamaged(String.valueOf(damaged.getMessage()), damaged);
    }
  }

  /** Throws when the two do not belong together or are not as they were written. */
  static void check(byte[] encoded, byte[] keys) throws MalformedException {
    if (keys.length < CHECKSUM_BYTES
        || (keys.length - CHECKSUM_BYTES) % LocalKey.BYTES != 0
        || number(keys, keys.length - CHECKSUM_BYTES)
            != checksum(encoded, keys, keys.length - CHECKSUM_BYTES)) {
      throw new MalformedException("a directory is not as it was written");
    }
  }

  static int keyCount(byte[] keys) {
    return (keys.length - CHECKSUM_BYTES) / LocalKey.BYTES;
  }

  private static int number(byte[] bytes, int at) {
    return bytes[at] << 24
        | (bytes[at + 1] & 0xff) << 16
        | (bytes[at + 2] & 0xff) << 8
        | (bytes[at + 3] & 0xff);
  }

  private static int checksum(byte[] encoded, byte[] keys, int length) {
    CRC32C sum = new CRC32C();
    sum.update(encoded);
    sum.update(keys, 0, length);
    return (int) sum.getValue();
  }

  Rows rows() {
    return new Rows(tree.entries(), keys);
  }

  byte[] encoded() {
    return code.bytes();
  }

  byte[] encodedKeys() {
    ByteWriter writer = new ByteWriter(keys.size() * LocalKey.BYTES + CHECKSUM_BYTES);
    keys.forEach(key -> key.write(writer));
    byte[] plain = writer.bytes();
    return new ByteWriter(plain.length + CHECKSUM_BYTES)
        .raw(plain)
        .u32(checksum(code.bytes(), plain, plain.length))
        .bytes();
  }
}
