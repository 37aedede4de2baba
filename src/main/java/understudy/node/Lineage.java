package understudy.node;

import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import understudy.sync.SyncEngine;
import understudy.sync.plan.Hash;
import understudy.sync.plan.Relation;

/** Where this node's data come from, and how they stand to those of others. */
record Lineage(SyncEngine engine, List<String> datasets) {

  /** For each dataset the generations from which it comes, newest first. */
  Map<String, List<String>> lines() throws IOException {
    var lines = new TreeMap<String, List<String>>();
    for (String dataset : datasets) {
      lines.put(dataset, engine.ancestry(dataset).stream().map(Hash::toString).toList());
    }
    return lines;
  }

  /** How all data here stand to those of another node, whose {@link #lines} are given. */
  Relation relate(Map<String, List<String>> others) throws IOException {
    var relations = EnumSet.noneOf(Relation.class);
    for (String dataset : datasets) {
      relations.add(engine.relate(dataset, line(others.getOrDefault(dataset, List.of()))));
    }
    relations.remove(Relation.SAME);
    return switch (relations.size()) {
      case 0 -> Relation.SAME;
      case 1 -> relations.iterator().next();
      default -> relations.contains(Relation.UNKNOWN) ? Relation.UNKNOWN : Relation.DIVERGED;
    };
  }

  private static List<Hash> line(List<String> told) throws IOException {
    try {
      return told.stream().map(Hash::parse).toList();
    } catch (IllegalArgumentException malformed) {
      throw new IOException("a line of generations is malformed: " + malformed, malformed);
    }
  }
}
