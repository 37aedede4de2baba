package understudy.node;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import understudy.api.Views;
import understudy.sync.Eagerness;
import understudy.sync.SyncProgress;
import understudy.sync.SyncResult;
import understudy.time.Clock;
import understudy.time.Moment;

/** Tells an operation how far the runs are that it waits for, a few times a second. */
final class SyncTelling implements AutoCloseable {
  private static final long EVERY_MILLIS = 250;

  private final SyncDriver sync;
  private final Operations operations;
  private final long operation;
  private final Clock clock;
  private final Moment start;
  private final ScheduledExecutorService ticks =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("tells of sync").factory());

  SyncTelling(SyncDriver sync, Operations operations, long operation, Clock clock) {
    this.sync = sync;
    this.operations = operations;
    this.operation = operation;
    this.clock = clock;
    this.start = clock.now();
  }

  /** The results of the runs under way, or of new ones where none are. Blocks. */
  List<SyncResult> join(List<String> datasets, Eagerness eagerness, Duration within)
      throws IOException {
    List<CompletableFuture<SyncResult>> futures = new ArrayList<>();
    for (String dataset : datasets) {
      DatasetFollower.Joined joined = sync.follower(dataset).join(eagerness);
      joined
          .since()
          .ifPresent(
              since ->
                  operations.step(
                      operation,
                      dataset
                          + ": joined the run that began at "
                          + since
                          + ", none is begun beside it"));
      futures.add(joined.future());
    }
    // Its ticks catch everything themselves: the future has nothing to tell.
    var _ =
        ticks.scheduleAtFixedRate(
            () -> tell(datasets), EVERY_MILLIS, EVERY_MILLIS, TimeUnit.MILLISECONDS);
    return sync.await(futures, within);
  }

  private void tell(List<String> datasets) {
    Optional<SyncProgress> progress =
        datasets.stream()
            .flatMap(dataset -> sync.follower(dataset).progress().stream())
            .findFirst();
    progress.ifPresent(
        one -> {
          Views.Progress view = view(one, start.until(clock.now()));
          operations.progress(operation, one.dataset() + ": " + one.phase(), view);
        });
  }

  static Views.Progress view(SyncProgress progress, Duration since) {
    double seconds = Math.max(0.001, since.toNanos() / 1e9);
    double rate = progress.bytes() / seconds;
    long left = progress.bytesTotal() - progress.bytes();
    @Nullable Double remaining =
        progress.bytesTotal() > 0 && rate > 0 && left >= 0 ? left / rate : null;
    return new Views.Progress(
        progress.dataset(),
        progress.phase(),
        progress.files(),
        progress.filesTotal(),
        progress.bytes(),
        progress.bytesTotal(),
        Math.round(rate),
        remaining == null ? null : Math.round(remaining * 10) / 10.0);
  }

  @Override
  public void close() {
    ticks.shutdownNow();
  }
}
