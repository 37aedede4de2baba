package understudy.sync;

/**
 * How far a run is.
 *
 * @param phase {@code looking} (the source scans), {@code comparing}, {@code fetching} or {@code
 *     committing}
 * @param files fetched so far; while looking: entries seen by the source
 * @param bytes fetched so far; while looking: read by the source
 * @param filesTotal what there is to fetch; 0 while unknown
 * @param bytesTotal likewise
 */
public record SyncProgress(
    String dataset, String phase, long files, long bytes, long filesTotal, long bytesTotal) {
  /** What the source sees from the first news of this phase on is what arrives. */
  public static final String LOOKING = "looking";
}
