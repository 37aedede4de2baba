package understudy.sync.plan;

/**
 * How much a tree holds.
 *
 * @param entries everything with a name, directories included
 * @param files regular files, each name of a hard-linked one counted
 * @param bytes sum of the sizes of regular files
 * @param withheld entries that could not be read
 */
public record Totals(long entries, long files, long bytes, long withheld) {
  public static final Totals NONE = new Totals(0, 0, 0, 0);

  public Totals {
    if (entries < 0 || files < 0 || bytes < 0 || withheld < 0 || files + withheld > entries) {
      throw new IllegalArgumentException("totals do not add up");
    }
  }

  public Totals plus(Totals other) {
    return new Totals(
        Math.addExact(entries, other.entries),
        Math.addExact(files, other.files),
        Math.addExact(bytes, other.bytes),
        Math.addExact(withheld, other.withheld));
  }
}
