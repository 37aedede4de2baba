package understudy.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import understudy.config.DatasetConfig;
import understudy.config.DatasetConfig.Schedule;
import understudy.failover.NodeName;
import understudy.failover.Term;
import understudy.time.SystemClock;

/** A takeover must not wait for what a dead source cannot answer any more. */
class SettleTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir Path directory;

  @Test
  void settlesAtOnceWhileADeadSourceIsBeingReached() throws Exception {
    Path data = Files.createDirectories(directory.resolve("data"));
    Path state = Files.createDirectories(directory.resolve("state"));
    var config =
        new DatasetConfig(
            "files",
            data,
            new Schedule.Continuous(Duration.ofSeconds(1)),
            DatasetConfig.Selection.EVERYTHING);
    var reaching = new CountDownLatch(1);
    var givenUp = new CountDownLatch(1);
    StreamOpener dead =
        () -> {
          reaching.countDown();
          awaitUninterrupted(givenUp);
          throw new IOException("no answer");
        };
    try (var engine =
        new SyncEngine(state, List.of(config), new NodeName("beta"), new SystemClock())) {
      engine.capture("files", Term.NONE.next());
      CompletableFuture<SyncResult> run =
          CompletableFuture.supplyAsync(
              () -> engine.pull("files", dead, PullOptions.USUAL, progress -> {}));
      assertThat(reaching.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();

      Settled settled = engine.settle(Duration.ofSeconds(1));
      boolean stillReaching = !run.isDone();
      givenUp.countDown();

      assertThat(settled.isWhole()).isTrue();
      assertThat(stillReaching).isTrue();
      assertThat(run.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
          .isInstanceOfSatisfying(
              SyncResult.Failed.class,
              failed -> assertThat(failed.code()).isEqualTo(SyncRefused.Code.INTERRUPTED));
    }
  }

  /** As a connection attempt, which no interruption ends. */
  private static void awaitUninterrupted(CountDownLatch latch) {
    boolean interrupted = false;
    while (latch.getCount() > 0) {
      try {
        latch.await();
      } catch (InterruptedException stopped) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
