package understudy.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import understudy.time.SystemClock;

/** What the sync bench measures is what it asked for, all of it and nothing else. */
class SyncPairTest {
  private static final int FILES = 400;
  private static final long BYTES = 64L << 20;

  @Test
  void theFiguresOfACopyAreThoseOfTheWholeCopy(@TempDir Path temporary) throws Exception {
    Path work = temporary.toRealPath();
    try (SyncGround ground = SyncGround.open()) {
      SyncPair pair = SyncPair.start(work, ground, new SystemClock(), 1);
      String dataset = pair.fresh();
      SyncData.big(pair.source(dataset).resolve("big"), BYTES);
      SyncData.small(pair.source(dataset), FILES);

      SyncFigures copy = pair.sync(dataset);
      assertThat(pair.target(dataset).resolve("big")).hasSize(BYTES);
      SyncDisk.demandEqual(pair.source(dataset), pair.target(dataset));
      assertThat(copy.wireBytes()).isGreaterThan(BYTES);
      assertThat(copy.seconds()).isGreaterThan(0.05);

      SyncFigures again = pair.sync(dataset);
      assertThat(again.wireBytes()).isLessThan(BYTES / 10);
    } finally {
      SyncPair.end(work);
    }
  }
}
