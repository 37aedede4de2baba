package understudy.sync.plan;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import understudy.failover.NodeName;
import understudy.failover.Term;

/**
 * A complete, verified state of a dataset. Its {@link #id} is the hash of everything else, so that
 * nobody can change its content or its ancestry without changing its name.
 *
 * @param parents the states it came from; empty for a first one
 * @param term the reign in which it was captured
 * @param node who captured it
 * @param root the hash of the root directory's entry: names the whole content
 * @param capturedAt for people; nothing is decided by it
 */
public record Generation(
    String dataset,
    List<Hash> parents,
    Term term,
    NodeName node,
    Hash root,
    Instant capturedAt,
    Totals totals) {
  private static final int MOST_PARENTS = 2;

  public Generation {
    parents = List.copyOf(parents);
    if (parents.size() > MOST_PARENTS) {
      throw new IllegalArgumentException("a generation has at most two parents");
    }
  }

  public Hash id() {
    return Hash.over(new ByteWriter(256).text("generation").raw(encode()).bytes());
  }

  public byte[] encode() {
    ByteWriter writer = new ByteWriter(256).text(dataset).u8(parents.size());
    parents.forEach(writer::hash);
    writer.u64(term.number()).text(node.value()).hash(root);
    writer.u64(capturedAt.getEpochSecond()).u32(capturedAt.getNano());
    TreeCode.totals(writer, totals);
    return writer.bytes();
  }

  public static Generation decode(byte[] encoded) throws MalformedException {
    ByteReader reader = new ByteReader(encoded);
    try {
      String dataset = reader.text(63);
      int count = reader.u8();
      if (count > MOST_PARENTS) {
        throw new MalformedException("a generation has at most two parents");
      }
      List<Hash> parents = new ArrayList<>();
      for (int at = 0; at < count; at++) {
        parents.add(reader.hash());
      }
      Term term = new Term(reader.u64());
      NodeName node = new NodeName(reader.text(63));
      Hash root = reader.hash();
      Instant at = Instant.ofEpochSecond(reader.u64(), reader.u32());
      Totals totals = TreeCode.totals(reader);
      reader.end();
      return new Generation(dataset, parents, term, node, root, at, totals);
    } catch (IllegalArgumentException | java.time.DateTimeException wrong) {
      throw new MalformedException("a generation's record is wrong: " + wrong.getMessage());
    }
  }

  @Override
  public String toString() {
    return id().brief();
  }
}
