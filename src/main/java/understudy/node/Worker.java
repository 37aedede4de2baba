package understudy.node;

import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread that does the latest thing it was told: a new order interrupts the one under way. For
 * starting and stopping resources, where only the last wish counts.
 */
final class Worker implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Worker.class);

  /** Work that ends early when interrupted. */
  interface Order {
    void carryOut() throws InterruptedException;
  }

  private final Consumer<Throwable> broke;
  private final Thread thread;
  private Optional<Order> next = Optional.empty();
  private boolean working;
  private volatile boolean closing;

  /**
   * A worker that waits for its first order.
   *
   * @param broke told of an error that ended the thread: no order is carried out any more
   */
  Worker(String name, Consumer<Throwable> broke) {
    this.broke = broke;
    this.thread = Thread.ofPlatform().name(name).daemon().start(this::work);
  }

  /** Returns at once. */
  synchronized void order(Order order) {
    next = Optional.of(order);
    if (working) {
      thread.interrupt();
    }
    notifyAll();
  }

  private synchronized Order take() throws InterruptedException {
    while (next.isEmpty()) {
      wait();
    }
    // An interrupt that was meant for the order before must not hit this one.
    boolean meantForTheLast = Thread.interrupted();
    LOG.trace("begins, interrupted before: {}", meantForTheLast);
    Order order = next.get();
    next = Optional.empty();
    working = true;
    return order;
  }

  private synchronized void rest() {
    working = false;
  }

  private void work() {
    try {
      while (!closing) {
        carryOutNext();
      }
    } catch (Error bug) {
      broke.accept(bug);
    }
  }

  /** Who ordered what a bug cut short waits no longer than its deadline. */
  private void carryOutNext() {
    try {
      take().carryOut();
    } catch (InterruptedException superseded) {
      LOG.debug("{} was given a new order", thread.getName());
    } catch (RuntimeException bug) {
      LOG.error("{} failed: this is a bug", thread.getName(), bug);
    } finally {
      rest();
    }
  }

  @Override
  public void close() {
    closing = true;
    thread.interrupt();
  }
}
