package understudy.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import understudy.config.DatasetConfig;
import understudy.failover.Input;
import understudy.failover.NodeName;
import understudy.failover.Standing;
import understudy.failover.Term;
import understudy.store.QuestionStore;
import understudy.sync.PullOptions;
import understudy.sync.SyncEngine;
import understudy.sync.SyncResult;
import understudy.sync.SyncStream;
import understudy.time.Moment;
import understudy.time.SystemClock;

/** What a node's data is worth while its datasets change. */
class SyncDriverTest {
  @TempDir private Path home;

  private DatasetConfig config(String name) throws IOException {
    return new DatasetConfig(
        name,
        Files.createDirectories(home.resolve("data/" + name)),
        new DatasetConfig.Schedule.Continuous(Duration.ofSeconds(1)),
        DatasetConfig.Selection.EVERYTHING);
  }

  @Test
  void aDatasetThatCannotBeOpenedMakesTheDataIncompleteUntilItCan() throws Exception {
    Path state = Files.createDirectories(home.resolve("state"));
    var clock = new SystemClock();
    List<DatasetConfig> one = List.of(config("files"));
    List<DatasetConfig> three = List.of(config("damaged"), config("files"), config("more"));
    var engine = new SyncEngine(state, one, new NodeName("beta"), clock);
    try (var driver =
        new SyncDriver(
            engine,
            one,
            clock,
            source -> SyncDriverTest::failing,
            PullOptions.USUAL,
            new QuestionStore(state),
            deaf())) {
      engine.capture("files", new Term(1));
      assertThat(driver.standing()).isInstanceOf(Standing.Undated.class);
      Path damaged = Files.createDirectories(state.resolve("damaged.index"));
      assertThatThrownBy(() -> driver.reconfigure(three)).isInstanceOf(IOException.class);
      assertThat(driver.standing())
          .isEqualTo(new Standing.Incomplete("dataset damaged is not open, see the log"));
      assertThat(driver.datasets()).containsExactly("files", "more");
      Files.delete(damaged);
      driver.reconfigure(three);
      assertThat(driver.datasets()).containsExactly("damaged", "files", "more");
      engine.capture("damaged", new Term(1));
      engine.capture("more", new Term(1));
      assertThat(driver.standing()).isInstanceOf(Standing.Undated.class);
    }
  }

  private static SyncStream failing() throws IOException {
    throw new IOException("there is no source");
  }

  private static SyncDriver.News deaf() {
    return new SyncDriver.News() {
      @Override
      public void post(Function<Moment, Input> input) {}

      @Override
      public void ended(SyncResult result) {}
    };
  }
}
