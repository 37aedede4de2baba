package understudy.node;

import java.lang.management.ManagementFactory;

/**
 * Gives back the memory that a big sync has left behind: the collector in use returns none to the
 * system before a full collection, and an idle daemon never needs one. One thread.
 */
final class SpareMemory {
  private static final long NOT_WORTH_IT = 32L << 20;

  /** A live set that has not doubled is left alone: each collection stops all threads for a bit. */
  private static final int GROWTH = 2;

  private long usedBefore;
  private long live;

  /**
   * Collects when much has gathered and nothing more does: call it every few seconds. Takes some
   * ten milliseconds, in which nothing runs, well below the suspicion time of a peer.
   */
  void giveBack() {
    long used = used();
    boolean isCalm = used < usedBefore + NOT_WORTH_IT / 2;
    usedBefore = used;
    if (isCalm && used > NOT_WORTH_IT && used > GROWTH * live) {
      System.gc();
      live = used();
      usedBefore = live;
    }
  }

  private static long used() {
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
