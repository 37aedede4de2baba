package understudy.sync.plan;

import java.util.List;

/**
 * One directory: its entries, sorted by the bytes of their names, each name once. Its encoding (see
 * {@link TreeCode}) is what is stored, sent and hashed.
 */
public record Tree(List<Entry> entries) {
  public static final Tree EMPTY = new Tree(List.of());

  public Tree {
    entries = List.copyOf(entries);
    for (int at = 1; at < entries.size(); at++) {
      if (entries.get(at - 1).name().compareTo(entries.get(at).name()) >= 0) {
        throw new IllegalArgumentException("entries are sorted by name, each once");
      }
    }
  }

  public Totals totals() {
    long[] sums = new long[4];
    for (Entry entry : entries) {
      Totals one = entry.totals();
      sums[0] = Math.addExact(sums[0], one.entries());
      sums[1] = Math.addExact(sums[1], one.files());
      sums[2] = Math.addExact(sums[2], one.bytes());
      sums[3] = Math.addExact(sums[3], one.withheld());
    }
    return new Totals(sums[0], sums[1], sums[2], sums[3]);
  }
}
