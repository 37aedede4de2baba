package understudy.resource.address;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells a link again and again who has an address: five times at once, then after 1, 2 and 5
 * seconds, then every 30 seconds, as long as the address is held. A single announcement is easily
 * lost, and one that was lost in a partition is never repeated by the kernel. One thread of its
 * own.
 */
final class Announcer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Announcer.class);
  private static final int BURST = 5;
  private static final Duration IN_BURST = Duration.ofMillis(3);
  private static final List<Duration> AFTER_BURST =
      List.of(Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(3));
  private static final Duration STEADY = Duration.ofSeconds(30);

  private final String name;
  private final Neighbourhood neighbourhood;
  private final BooleanSupplier isHeld;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private int sent;
  private boolean isClosed;
  private boolean isFailing;

  Announcer(String name, Neighbourhood neighbourhood, BooleanSupplier isHeld) {
    this.name = name;
    this.neighbourhood = neighbourhood;
    this.isHeld = isHeld;
    announce();
    sent = 1;
    Thread.ofPlatform().daemon().name("announce " + name).start(this::run);
  }

  /** Begins again with a burst. */
  void again() {
    lock.lock();
    try {
      sent = 0;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    lock.lock();
    try {
      while (!isClosed) {
        int before = sent;
        long left = pauseBefore(sent).toNanos();
        while (left > 0 && !isClosed && sent == before) {
          left = changed.awaitNanos(left);
        }
        if (!isClosed && isHeld.getAsBoolean()) {
          announce();
        }
        sent++;
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
      // here and not in close(): the kernel takes some ten milliseconds for it
      neighbourhood.close();
    }
  }

  private static Duration pauseBefore(int number) {
    if (number == 0) {
      return Duration.ZERO;
    }
    if (number < BURST) {
      return IN_BURST;
    }
    int later = number - BURST;
    return later < AFTER_BURST.size() ? AFTER_BURST.get(later) : STEADY;
  }

  private void announce() {
    try {
      neighbourhood.announce();
      isFailing = false;
    } catch (IOException refused) {
      if (!isFailing) {
        LOG.warn("{}: cannot announce the address: {}", name, refused.getMessage());
      }
      isFailing = true;
    }
  }

  /** Ends the announcements; none is sent after it returns. */
  @Override
  public void close() {
    lock.lock();
    try {
      isClosed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
