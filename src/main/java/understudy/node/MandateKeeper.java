package understudy.node;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import understudy.failover.Effect.Gate;
import understudy.time.Clock;
import understudy.time.Moment;

/**
 * The renewing thread: keeps what the mandate holds up alive until the moment that the loop named
 * last, and no longer. When it or the loop stops, everything lapses by itself.
 */
final class MandateKeeper implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(MandateKeeper.class);

  /** What lapses unless extended. */
  interface Held {
    /** Lets it live until then; takes some milliseconds. */
    void extend(Moment until, Gate gate);

    /** Shuts the gate now. */
    void fence();
  }

  /** What the loop wants. */
  private record Wish(Moment until, Gate gate, boolean fence) {}

  private final Held held;
  private final Clock clock;
  private final Consumer<Throwable> broke;
  private volatile Duration slack;
  private final Thread thread;
  private Optional<Wish> wish = Optional.empty();
  private Wish applied;
  private boolean applying;
  private boolean closing;

  /** Until when what it holds lives; empty: nothing is held. For the renewing thread alone. */
  private Optional<Moment> heldUntil = Optional.empty();

  /**
   * A keeper that is not started.
   *
   * @param lease the length of a mandate: renewed once an eighth of it is used up
   * @param broke told of a bug that ended the renewing thread: nothing renews any more
   */
  MandateKeeper(Held held, Clock clock, Duration lease, Consumer<Throwable> broke) {
    this.held = held;
    this.clock = clock;
    this.broke = broke;
    this.slack = lease.dividedBy(8);
    this.applied = new Wish(clock.now(), Gate.SHUT, true);
    this.thread = Thread.ofPlatform().name("renews").daemon().unstarted(this::renew);
  }

  void start() {
    thread.start();
  }

  /** Renews for mandates of another length from now on. */
  void renewFor(Duration lease) {
    slack = lease.dividedBy(8);
  }

  /** Returns at once; only the latest wish counts. */
  synchronized void extend(Moment until, Gate gate) {
    boolean same = !applied.fence() && applied.gate() == gate;
    boolean soonEnough = same && applied.until().until(until).compareTo(slack) < 0;
    if (!soonEnough) {
      wish = Optional.of(new Wish(until, gate, false));
      notifyAll();
    }
  }

  /** Returns at once; nothing is extended until the next {@link #extend}. */
  synchronized void fence() {
    wish = Optional.of(new Wish(clock.now(), Gate.SHUT, true));
    notifyAll();
  }

  private synchronized Optional<Wish> next() throws InterruptedException {
    applying = false;
    notifyAll();
    while (wish.isEmpty() && !closing) {
      wait();
    }
    Optional<Wish> taken = wish;
    wish = Optional.empty();
    applying = true;
    taken.ifPresent(t -> applied = t);
    return taken;
  }

  /** Waits until the latest wish has been carried out; false when that took longer. */
  synchronized boolean isApplied(Duration within) throws InterruptedException {
    Moment deadline = clock.now().plus(within);
    while (wish.isPresent() || applying) {
      long left = clock.now().until(deadline).toMillis();
      if (left <= 0) {
        return false;
      }
      wait(left);
    }
    return true;
  }

  private void renew() {
    Urgency.ofThisThread();
    try {
      for (Optional<Wish> next = next(); next.isPresent(); next = next()) {
        apply(next.get());
      }
    } catch (InterruptedException stopping) {
      LOG.debug("the renewing thread was told to end");
    } catch (RuntimeException | Error bug) {
      broke.accept(bug);
    }
  }

  private void apply(Wish next) {
    Moment now = clock.now();
    if (next.fence() || !now.isBefore(next.until())) {
      heldUntil = Optional.empty();
      held.fence();
    } else {
      heldUntil
          .filter(until -> until.isBefore(now))
          .ifPresent(
              until ->
                  LOG.warn(
                      "the mandate was renewed {} ms after what it holds up had lapsed",
                      until.until(now).toMillis()));
      heldUntil = Optional.of(next.until());
      held.extend(next.until(), next.gate());
    }
  }

  @Override
  public void close() {
    synchronized (this) {
      closing = true;
      notifyAll();
    }
    thread.interrupt();
  }
}
