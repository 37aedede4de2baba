package understudy.sync;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import understudy.sync.plan.ByteReader;
import understudy.sync.plan.ByteWriter;
import understudy.sync.plan.Hash;
import understudy.sync.plan.MalformedException;
import understudy.sync.plan.TreePath;

/**
 * What a follower opens a run with.
 *
 * @param line ids of its line, newest first
 * @param isForced capture although the dataset's marker is missing
 * @param reread files whose content did not match what was offered
 * @param withhold files that keep changing: leave them out of the next generation
 */
record Hello(
    String dataset,
    List<Hash> line,
    boolean isForced,
    Set<TreePath> reread,
    Set<TreePath> withhold) {
  /** The protocol; both sides speak exactly this one. */
  static final int VERSION = 2;

  private static final int LONGEST_LINE = 1024;

  /** How many paths it names at most. */
  static final int MOST_PATHS = 1000;

  byte[] encode() {
    ByteWriter writer = new ByteWriter(4096).u8(VERSION).text(dataset).u8(isForced ? 1 : 0);
    writer.u16(line.size());
    line.forEach(writer::hash);
    for (Set<TreePath> paths : List.of(reread, withhold)) {
      writer.u16(paths.size());
      paths.forEach(path -> writer.shortBytes(path.bytes()));
    }
    return writer.bytes();
  }

  static Hello decode(ByteReader reader) throws MalformedException {
    int version = reader.u8();
    if (version != VERSION) {
      throw new MalformedException("it speaks sync version " + version + ", this node " + VERSION);
    }
    String dataset = reader.text(63);
    boolean isForced = reader.u8() == 1;
    int count = reader.u16();
    if (count > LONGEST_LINE) {
      throw new MalformedException("a line names more than " + LONGEST_LINE + " generations");
    }
    List<Hash> line = new ArrayList<>();
    for (int at = 0; at < count; at++) {
      line.add(reader.hash());
    }
    Hello hello = new Hello(dataset, line, isForced, paths(reader), paths(reader));
    reader.end();
    return hello;
  }

  private static Set<TreePath> paths(ByteReader reader) throws MalformedException {
    int count = reader.u16();
    if (count > MOST_PATHS) {
      throw new MalformedException("more than " + MOST_PATHS + " paths are named");
    }
    Set<TreePath> paths = new HashSet<>();
    for (int at = 0; at < count; at++) {
      paths.add(TreePath.received(reader.shortBytes()));
    }
    return paths;
  }
}
