package understudy.node;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryType;

/**
 * Gives back the memory that a big sync has left behind: the collector in use returns none to the
 * system before a full collection, and an idle daemon never needs one. One thread.
 */
final class SpareMemory {
  private static final long NOT_WORTH_IT = 1L << 20;
  private static final long TOO_MUCH = 32L << 20;

  private long usedBefore;
  private long live;

  /**
   * Collects when something has gathered and no more does, or when too much has, as on a standby
   * that copies all the time: call it every few seconds. Takes some ten milliseconds, in which
   * nothing runs, well below the suspicion time of a peer.
   */
  void giveBack() {
    long used = used();
    boolean isCalm = used == usedBefore;
    usedBefore = used;
    if (used > live + (isCalm ? NOT_WORTH_IT : TOO_MUCH)) {
      System.gc();
      live = used();
      usedBefore = live;
    }
  }

  /** What small collections do not reach: they take care of the young themselves. */
  private static long used() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getType() == MemoryType.HEAP && pool.getName().contains("Tenured"))
        .mapToLong(pool -> pool.getUsage().getUsed())
        .sum();
  }
}
