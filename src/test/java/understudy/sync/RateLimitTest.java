package understudy.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.time.LocalTime;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import understudy.config.Limit;

/** A follower receives no faster than it may, and hears at once when that changes. */
class RateLimitTest {
  private static final int BYTES = 3 << 20;

  private SyncLab lab;

  @BeforeEach
  void open() throws IOException {
    lab = new SyncLab();
    byte[] noise = new byte[BYTES];
    new Random(1).nextBytes(noise);
    Files.write(lab.alpha.root.resolve("noise"), noise);
  }

  @AfterEach
  void close() throws IOException {
    lab.close();
  }

  private long millisOfPull() throws IOException {
    long begun = System.nanoTime();
    assertThat(lab.beta.pullFrom(lab.alpha)).isInstanceOf(SyncResult.Done.class);
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
  }

  @Test
  void aLimitIsKept() throws IOException {
    lab.beta.engine().limit(SyncLab.DATASET, OptionalLong.of(BYTES / 2));
    assertThat(millisOfPull()).isBetween(1500L, 20_000L);
  }

  @Test
  void aRunUnderWayHearsThatTheLimitIsGone() throws IOException {
    lab.beta.engine().limit(SyncLab.DATASET, OptionalLong.of(BYTES / 30));
    long begun = System.nanoTime();
    SyncResult result =
        lab.beta
            .engine()
            .pull(
                SyncLab.DATASET,
                lab.alpha.listening(),
                PullOptions.USUAL,
                progress -> {
                  if (progress.bytes() > 0) {
                    lab.beta.engine().limit(SyncLab.DATASET, OptionalLong.of(0));
                  }
                });
    assertThat(result).isInstanceOf(SyncResult.Done.class);
    assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun)).isLessThan(15);
  }

  @Test
  void theFirstSpanThatCoversTheTimeHolds() {
    Limit limit =
        new Limit(
            List.of(
                new Limit.Span(
                    Optional.of(new Limit.Hours(LocalTime.of(22, 0), LocalTime.of(6, 0))), 50),
                new Limit.Span(
                    Optional.of(new Limit.Hours(LocalTime.of(8, 0), LocalTime.of(18, 0))), 5)));
    assertThat(limit.at(LocalTime.of(23, 0))).hasValue(50);
    assertThat(limit.at(LocalTime.of(5, 59))).hasValue(50);
    assertThat(limit.at(LocalTime.of(6, 0))).isEmpty();
    assertThat(limit.at(LocalTime.of(8, 0))).hasValue(5);
    assertThat(limit.at(LocalTime.of(18, 0))).isEmpty();
  }
}
