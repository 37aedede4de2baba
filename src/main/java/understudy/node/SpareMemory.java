package understudy.node;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryType;
import java.util.function.LongSupplier;

/**
 * Gives back the memory that a big sync has left behind: the collector in use returns none to the
 * system before a full collection, and an idle daemon never needs one. One thread.
 */
final class SpareMemory {
  private static final long WORTH_IT = 2L << 20;
  private static final long CALM = 256L << 10;
  private static final long TOO_MUCH = 4L << 20;
  private static final int ROUNDS_TO_SETTLE = 3;

  private final LongSupplier used;
  private final Runnable collection;
  private long usedBefore;
  private long live;
  private int rounds;
  private boolean isSettled = true;

  SpareMemory() {
    this(SpareMemory::tenured, System::gc);
  }

  SpareMemory(LongSupplier used, Runnable collection) {
    this.used = used;
    this.collection = collection;
  }

  /**
   * Collects when something has gathered and no more does, or when too much has, as on a standby
   * that copies all the time: call it every few seconds. What is held for a peer goes only after a
   * while, so a collection that helped is soon followed by another one, until one finds no more.
   * Takes some ten milliseconds, in which nothing runs, well below the suspicion time of a peer; on
   * a busy machine only because the collector comes before other work, see {@link Urgency}.
   */
  void giveBack() {
    long now = used.getAsLong();
    boolean isCalm = now < usedBefore + CALM;
    usedBefore = now;
    rounds++;
    if (isDue(now, isCalm)) {
      collection.run();
      live = used.getAsLong();
      usedBefore = live;
      isSettled = now - live < WORTH_IT;
      rounds = 0;
    }
  }

  private boolean isDue(long now, boolean isCalm) {
    return now > live + (isCalm ? WORTH_IT : TOO_MUCH)
        || (!isSettled && rounds >= ROUNDS_TO_SETTLE);
  }

  /** What small collections do not reach: they take care of the young themselves. */
  private static long tenured() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getType() == MemoryType.HEAP && pool.getName().contains("Tenured"))
        .mapToLong(pool -> pool.getUsage().getUsed())
        .sum();
  }
}
