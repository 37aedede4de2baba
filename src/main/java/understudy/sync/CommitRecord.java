package understudy.sync;

import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import understudy.sync.plan.ByteReader;
import understudy.sync.plan.ByteWriter;
import understudy.sync.plan.MalformedException;
import understudy.sync.plan.Moves;
import understudy.sync.plan.TreePath;

/**
 * The durable promise that everything is staged and on the disk: from here on the run is finished,
 * whatever happens. What changes follows from the old and the incoming trees, which the index holds
 * beside it.
 *
 * @param common the place in the own line from which the source's line goes on
 * @param level the stage's level
 * @param run the undo run
 * @param shortfalls entries that this target could not give all they should carry
 * @param patches large files that are changed where they lie
 * @param moves directories that only change their place
 */
record CommitRecord(
    Offer offer,
    long common,
    int level,
    int run,
    Set<TreePath> shortfalls,
    Map<TreePath, FilePatch> patches,
    Moves moves) {
  /** More such entries and the target is unfit for the dataset. */
  static final int MOST_SHORTFALLS = 100_000;

  private static final int LARGEST_OFFER = 8 << 20;

  byte[] encode() {
    ByteWriter writer = new ByteWriter(4096).longBytes(offer.encode());
    writer.u64(common).u32(level).u32(run).u32(shortfalls.size());
    shortfalls.forEach(path -> writer.shortBytes(path.bytes()));
    writer.u32(moves.sources().size());
    moves.sources().forEach((to, from) -> writer.shortBytes(to.bytes()).shortBytes(from.bytes()));
    patches.forEach(
        (path, patch) -> {
          writer.shortBytes(path.bytes());
          patch.write(writer);
        });
    return writer.bytes();
  }

  static CommitRecord decode(byte[] encoded) throws IOException {
    ByteReader reader = new ByteReader(encoded);
    try {
      Offer offer = Offer.decode(new ByteReader(reader.longBytes(LARGEST_OFFER)));
      long common = reader.u64();
      int level = reader.u32();
      int run = reader.u32();
      int count = reader.u32();
      Set<TreePath> shortfalls = new HashSet<>();
      for (int at = 0; at < count; at++) {
        shortfalls.add(TreePath.received(reader.shortBytes()));
      }
      SortedMap<TreePath, TreePath> sources = new TreeMap<>();
      for (int left = reader.u32(); left > 0; left--) {
        TreePath to = TreePath.received(reader.shortBytes());
        sources.put(to, TreePath.received(reader.shortBytes()));
      }
      Map<TreePath, FilePatch> patches = new HashMap<>();
      while (reader.hasMore()) {
        patches.put(TreePath.received(reader.shortBytes()), FilePatch.read(reader));
      }
      return new CommitRecord(offer, common, level, run, shortfalls, patches, new Moves(sources));
    } catch (MalformedException damaged) {
      throw new IOException("the commit record is damaged: " + damaged.getMessage(), damaged);
    }
  }
}
