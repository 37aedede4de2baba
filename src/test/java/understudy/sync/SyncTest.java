package understudy.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole runs between two engines, compared by programs that are not ours. */
class SyncTest {
  private SyncLab lab;

  @BeforeEach
  void open() throws IOException {
    lab = new SyncLab();
  }

  @AfterEach
  void close() throws IOException {
    lab.close();
  }

  private void assertSame() {
    assertThat(TreePicture.of(lab.beta.root).differencesTo(TreePicture.of(lab.alpha.root)))
        .isEmpty();
  }

  @Test
  void firstSyncBringsEverythingAndTheSecondFindsNothingToDo() throws IOException {
    Files.writeString(lab.alpha.root.resolve("one"), "1");
    Files.createDirectories(lab.alpha.root.resolve("a/b"));
    Files.writeString(lab.alpha.root.resolve("a/b/two"), "2");

    assertThat(lab.beta.pullFrom(lab.alpha)).isInstanceOf(SyncResult.Done.class);
    assertSame();
    assertThat(lab.beta.pullFrom(lab.alpha)).isInstanceOf(SyncResult.Unchanged.class);
    assertThat(lab.beta.engine().heads().getFirst().generation())
        .isEqualTo(lab.alpha.engine().heads().getFirst().generation());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void nastyTreesArriveWholeAndStaySoWhileTheyChange(long seed) throws IOException {
    NastyTree nasty = new NastyTree(lab.alpha.root, seed);
    nasty.grow(30);
    for (int round = 0; round < 5; round++) {
      SyncResult result = lab.beta.pullFrom(lab.alpha, PullOptions.USUAL.forced());
      assertThat(result).isInstanceOfAny(SyncResult.Done.class, SyncResult.Unchanged.class);
      assertSame();
      nasty.change(25);
    }
  }
}
