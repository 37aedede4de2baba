package understudy.sync;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import understudy.sync.plan.ByteReader;
import understudy.sync.plan.ByteWriter;
import understudy.sync.plan.Bytes;
import understudy.sync.plan.MalformedException;
import understudy.sync.plan.Tree;
import understudy.sync.plan.TreeCode;

/** One directory as the index keeps it: what every node sees, and this node's key per entry. */
record IndexedTree(Bytes code, Tree tree, List<LocalKey> keys) {
  static final IndexedTree EMPTY = new IndexedTree(new Bytes(new byte[0]), Tree.EMPTY, List.of());

  static IndexedTree of(Tree tree, List<LocalKey> keys) {
    return new IndexedTree(new Bytes(TreeCode.encode(tree)), tree, keys);
  }

  static IndexedTree decode(byte[] encoded, byte[] keys) throws IOException {
    try {
      Tree tree = TreeCode.decode(encoded);
      ByteReader reader = new ByteReader(keys);
      List<LocalKey> decoded = new ArrayList<>(tree.entries().size());
      while (reader.hasMore()) {
        decoded.add(LocalKey.read(reader));
      }
      if (decoded.size() != tree.entries().size()) {
        throw new MalformedException("entries and keys do not match");
      }
      return new IndexedTree(new Bytes(encoded), tree, decoded);
    } catch (MalformedException damaged) {
      throw new IOException("the sync index is damaged: " + damaged.getMessage(), damaged);
    }
  }

  byte[] encoded() {
    return code.bytes();
  }

  byte[] encodedKeys() {
    ByteWriter writer = new ByteWriter(keys.size() * 21);
    keys.forEach(key -> key.write(writer));
    return writer.bytes();
  }
}
