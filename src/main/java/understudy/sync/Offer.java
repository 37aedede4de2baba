package understudy.sync;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import understudy.sync.plan.ByteReader;
import understudy.sync.plan.ByteWriter;
import understudy.sync.plan.Entry;
import understudy.sync.plan.Generation;
import understudy.sync.plan.MalformedException;
import understudy.sync.plan.TreeCode;

/**
 * What a source answers: its head, to be fetched.
 *
 * @param root the root directory's entry; its hash is the generation's root
 * @param known which of the ids in the {@link Hello} is the newest that the source's line has
 * @param ancestors the line between that one and the head, oldest first, perhaps only its newest
 *     part
 */
record Offer(
    Generation generation,
    Entry.Subtree root,
    Optional<Integer> known,
    List<Generation> ancestors) {
  /** How many ancestors are sent along. */
  static final int MOST_ANCESTORS = 4096;

  private static final int LARGEST_RECORD = 1024;

  byte[] encode() {
    ByteWriter writer = new ByteWriter(1024).longBytes(generation.encode());
    TreeCode.write(writer, root);
    writer.u32(known.orElse(-1)).u16(ancestors.size());
    ancestors.forEach(ancestor -> writer.longBytes(ancestor.encode()));
    return writer.bytes();
  }

  static Offer decode(ByteReader reader) throws MalformedException {
    Generation generation = Generation.decode(reader.longBytes(LARGEST_RECORD));
    if (!(TreeCode.read(reader) instanceof Entry.Subtree root)) {
      throw new MalformedException("the root is not a directory");
    }
    int known = reader.u32();
    int count = reader.u16();
    if (count > MOST_ANCESTORS) {
      throw new MalformedException("more than " + MOST_ANCESTORS + " ancestors are sent");
    }
    List<Generation> ancestors = new ArrayList<>();
    for (int at = 0; at < count; at++) {
      ancestors.add(Generation.decode(reader.longBytes(LARGEST_RECORD)));
    }
    reader.end();
    if (!TreeCode.rootHash(root).equals(generation.root())
        || !root.inside().equals(generation.totals())) {
      throw new MalformedException("the root does not belong to the generation");
    }
    return new Offer(
        generation, root, known < 0 ? Optional.empty() : Optional.of(known), ancestors);
  }
}
