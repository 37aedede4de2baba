package understudy.simulator;

import java.time.Duration;

/** Faults and people are loose, until everything is healed. */
final class Storm {
  private final World world;

  /** Two that went beyond the promise have met within this once everything is healed. */
  private final Duration settledWithin;

  private boolean over;
  private long overAtNanos;

  Storm(World world) {
    this.world = world;
    this.settledWithin = world.setup.timing().primaryTimeout().multipliedBy(4);
  }

  void begins() {
    over = false;
  }

  void ends() {
    over = true;
    overAtNanos = world.nowNanos();
  }

  boolean isOver() {
    return over;
  }

  /** There are, or just were, faults that this arbiter does not promise to bear. */
  boolean isBeyondPromise() {
    return world.setup.beyondPromise()
        && !world.setup.mandates().areGranted()
        && (!over || world.nowNanos() - overAtNanos < settledWithin.toNanos());
  }
}
