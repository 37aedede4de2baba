package understudy.node;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import understudy.sync.StreamOpener;
import understudy.sync.SyncResult;
import understudy.time.Clock;
import understudy.time.Moment;
import understudy.wire.Member;

/**
 * The other direction of merge mode: while this node serves, it takes what its standby has besides.
 * One thread of its own.
 */
final class Gathering implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Gathering.class);
  private static final Duration PAUSE = Duration.ofSeconds(3);

  private final SyncDriver sync;
  private final Supplier<Optional<Member>> standby;
  private final Function<Member, StreamOpener> openers;
  private final Clock clock;
  private final Thread thread;

  /**
   * Does nothing before it is started.
   *
   * @param standby the one to take from; empty while this node does not serve, or nobody is heard
   */
  Gathering(
      SyncDriver sync,
      Supplier<Optional<Member>> standby,
      Function<Member, StreamOpener> openers,
      Clock clock) {
    this.sync = sync;
    this.standby = standby;
    this.openers = openers;
    this.clock = clock;
    this.thread = Thread.ofPlatform().name("gathers").daemon().unstarted(this::repeat);
  }

  void start() {
    thread.start();
  }

  private void repeat() {
    try {
      while (true) {
        Moment begunAt = clock.now();
        gather();
        // as in following: no more than half of the time
        Duration took = begunAt.until(clock.now());
        Thread.sleep(took.compareTo(PAUSE) > 0 ? took : PAUSE);
      }
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    }
  }

  private void gather() {
    for (String dataset : sync.merged()) {
      try {
        standby.get().ifPresent(from -> gather(dataset, from));
      } catch (RuntimeException | Error bug) {
        LOG.error("taking what a standby has of {} broke: this is a bug", dataset, bug);
      }
    }
  }

  private void gather(String dataset, Member from) {
    if (sync.gather(dataset, openers.apply(from)) instanceof SyncResult.Failed failed) {
      LOG.debug("taking what {} has of {}: {}", from.name(), dataset, failed.reason());
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
