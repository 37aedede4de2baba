package understudy.demo;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import understudy.time.Clock;
import understudy.time.Moment;

/** Asks one node all the time whether it is active. */
final class ActiveProbe implements AutoCloseable {
  private static final Duration PAUSE = Duration.ofMillis(40);

  private final Forwarder.Backend backend;
  private final LoopbackClient client;
  private final Clock clock;
  private final Runnable changed;
  private final Thread thread;
  private volatile @Nullable Moment activeSince;
  private volatile boolean closed;

  /**
   * Does not ask before {@link #start}.
   *
   * @param changed called from this probe's thread whenever the answer becomes another
   */
  ActiveProbe(Forwarder.Backend backend, LoopbackClient client, Clock clock, Runnable changed) {
    this.backend = backend;
    this.client = client;
    this.clock = clock;
    this.changed = changed;
    this.thread =
        Thread.ofPlatform().daemon().name("is " + backend.node() + " active").unstarted(this::ask);
  }

  void start() {
    thread.start();
  }

  Forwarder.Backend backend() {
    return backend;
  }

  /** Since when every answer was yes; empty when the last was no, or there was none in time. */
  Optional<Moment> activeSince() {
    return Optional.ofNullable(activeSince);
  }

  private void ask() {
    while (!closed) {
      boolean active = client.saysYes(backend.health());
      if (active != (activeSince != null)) {
        activeSince = active ? clock.now() : null;
        changed.run();
      }
      LockSupport.parkNanos(PAUSE.toNanos());
    }
  }

  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
  }
}
