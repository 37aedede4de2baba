package understudy.sync;

import java.time.Duration;
import java.util.OptionalLong;
import understudy.linux.Directory.FreeSpace;

/**
 * How long overwritten and deleted content is kept.
 *
 * @param age older content goes
 * @param sizeBytes beyond it the oldest content goes first, but for what the last sync took away;
 *     empty: it gives way when the file system is nearly full, before a sync would have to stop
 */
public record Retention(Duration age, OptionalLong sizeBytes) {
  public static final Retention USUAL = new Retention(Duration.ofDays(7), OptionalLong.empty());

  /** A file system is nearly full when less than this part of it is free, */
  private static final int NEARLY_FULL_PART = 20;

  /** and less than this. */
  private static final long NEARLY_FULL_BYTES = 10L << 30;

  /** Whether less than everything may be kept on a file system with so much room. */
  boolean isTight(FreeSpace room, long wantedBytes) {
    return sizeBytes.isPresent() || room.bytes() < leastFree(room, wantedBytes);
  }

  /**
   * How much of what is kept now may stay. Nothing goes in vain, and what the last sync took away
   * stays in any case: a person may just have agreed to that.
   *
   * @param lastBytes what the last sync that took something away did
   * @param wantedBytes what is to come besides
   */
  long mostBytes(long keptBytes, long lastBytes, FreeSpace room, long wantedBytes) {
    if (sizeBytes.isPresent()) {
      return Math.max(sizeBytes.getAsLong(), lastBytes);
    }
    if (wantedBytes > room.bytes() + keptBytes - lastBytes) {
      return keptBytes;
    }
    // Half as much again, so that it need not be looked at after every sync.
    long lacking = leastFree(room, wantedBytes) / 2 * 3 - room.bytes();
    return Math.max(lastBytes, keptBytes - lacking);
  }

  private static long leastFree(FreeSpace room, long wantedBytes) {
    return Math.max(wantedBytes, Math.min(room.totalBytes() / NEARLY_FULL_PART, NEARLY_FULL_BYTES));
  }
}
