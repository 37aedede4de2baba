package understudy.demo.lab;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import understudy.time.Clock;
import understudy.time.Moment;

/** Remembers the acknowledged writes of a client that writes all the time. Safe from any thread. */
public final class Meter {
  /** Older writes are forgotten; at a write every 10 ms this is the last half hour. */
  private static final int MEMORY_LIMIT = 200_000;

  private final Clock clock;
  private final Deque<Acknowledged> writes = new ArrayDeque<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition arrived = lock.newCondition();

  Meter(Clock clock) {
    this.clock = clock;
  }

  void accept(Answer answer) {
    if (!answer.text().startsWith("OK ")) {
      return;
    }
    WrittenNumber.parse(answer.text().substring("OK ".length()))
        .ifPresent(write -> remember(new Acknowledged(write, answer.answered())));
  }

  private void remember(Acknowledged write) {
    lock.lock();
    try {
      if (writes.size() == MEMORY_LIMIT) {
        writes.removeFirst();
      }
      writes.addLast(write);
      arrived.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** All that is remembered, up to now. */
  public Trace trace() {
    lock.lock();
    try {
      return new Trace(new ArrayList<>(writes));
    } finally {
      lock.unlock();
    }
  }

  /** The newest acknowledged write. */
  public Optional<Acknowledged> last() {
    lock.lock();
    try {
      return Optional.ofNullable(writes.peekLast());
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits for an acknowledged write after this moment, and returns it.
   *
   * @param limit how long it waits from now; empty when there was none
   */
  public Optional<Acknowledged> awaitWrite(Moment after, Duration limit)
      throws InterruptedException {
    return await(write -> write.at().isAfter(after), limit);
  }

  /** As {@link #awaitWrite}, for one that this node acknowledged. */
  public Optional<Acknowledged> awaitWriteOf(String node, Moment after, Duration limit)
      throws InterruptedException {
    return await(write -> write.at().isAfter(after) && write.write().node().equals(node), limit);
  }

  private Optional<Acknowledged> await(Predicate<Acknowledged> wanted, Duration limit)
      throws InterruptedException {
    Moment end = clock.now().plus(limit);
    lock.lock();
    try {
      Optional<Acknowledged> newest = Optional.ofNullable(writes.peekLast());
      long left = clock.now().until(end).toNanos();
      while (newest.filter(wanted).isEmpty() && left > 0) {
        left = arrived.awaitNanos(left);
        newest = Optional.ofNullable(writes.peekLast());
      }
      return newest.filter(wanted);
    } finally {
      lock.unlock();
    }
  }
}
