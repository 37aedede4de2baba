package understudy.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import understudy.linux.Directory;

/** The standby's file system is full: it stays at its generation and the stage gives way. */
@EnabledIf(value = "isRoot", disabledReason = "mounting a small file system needs root")
class DiskFullTest {
  private SyncLab lab;

  static boolean isRoot() {
    return System.getProperty("user.name", "").equals("root");
  }

  @BeforeEach
  void open() throws Exception {
    lab = new SyncLab();
    run("mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", lab.beta.root.toString());
  }

  @AfterEach
  void close() throws Exception {
    lab.beta.engine().close();
    run("umount", "-l", lab.beta.root.toString());
    lab.close();
  }

  private static void run(String... command) throws Exception {
    assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
  }

  private static void write(Path file, int bytes) throws IOException {
    byte[] content = new byte[bytes];
    new Random(bytes).nextBytes(content);
    Files.write(file, content);
  }

  @Test
  void aSyncThatCannotFitIsRefusedBeforeItStarts() throws IOException {
    Files.writeString(lab.alpha.root.resolve("small"), "small");
    assertThat(lab.beta.pullFrom(lab.alpha)).isInstanceOf(SyncResult.Done.class);
    TreePicture before = TreePicture.of(lab.beta.root);
    write(lab.alpha.root.resolve("huge"), 40 << 20);
    SyncResult result = lab.beta.pullFrom(lab.alpha);
    assertThat(result).isInstanceOf(SyncResult.Failed.class);
    assertThat(((SyncResult.Failed) result).code()).isEqualTo(SyncRefused.Code.DISK_FULL);
    assertThat(((SyncResult.Failed) result).reason()).contains("no room at");
    assertThat(TreePicture.of(lab.beta.root).differencesTo(before)).isEmpty();
    Files.delete(lab.alpha.root.resolve("huge"));
    assertThat(lab.beta.pullFrom(lab.alpha))
        .isInstanceOfAny(SyncResult.Done.class, SyncResult.Unchanged.class);
  }

  @Test
  void whatIsKeptGivesWayToWhatIsToCome() throws IOException {
    for (int at = 0; at < 12; at++) { // would keep 22 MiB
      write(lab.alpha.root.resolve("replaced"), (2 << 20) + at);
      assertThat(lab.beta.pullFrom(lab.alpha))
          .as("sync %d", at)
          .isInstanceOf(SyncResult.Done.class);
    }
    assertThat(TreePicture.of(lab.beta.root).differencesTo(TreePicture.of(lab.alpha.root)))
        .isEmpty();
    assertThat(kept()).first().as("the newest of it").isEqualTo((2L << 20) + 10);
  }

  @Test
  void nothingThatIsKeptGoesForWhatDoesNotFitAllTheSame() throws IOException {
    for (int at = 0; at < 3; at++) {
      write(lab.alpha.root.resolve("replaced"), (1 << 20) + at);
      assertThat(lab.beta.pullFrom(lab.alpha)).isInstanceOf(SyncResult.Done.class);
    }
    assertThat(kept()).hasSize(2);
    write(lab.alpha.root.resolve("huge"), 40 << 20);
    assertThat(lab.beta.pullFrom(lab.alpha)).isInstanceOf(SyncResult.Failed.class);
    assertThat(kept()).hasSize(2);
  }

  @Test
  void whatTheLastSyncTookAwayStaysOnADiskThatIsNearlyFull() throws IOException {
    var keep = new Retention(Duration.ofDays(7), OptionalLong.empty());
    var nearlyFull = new Directory.FreeSpace(100L << 30, 1L << 30, 1000, 1000);
    assertThat(keep.mostBytes(5L << 30, 4L << 30, nearlyFull, 0)).isEqualTo(4L << 30);
    assertThat(keep.mostBytes(50L << 30, 1L << 30, nearlyFull, 0))
        .isEqualTo((50L << 30) - (6656L << 20));
  }

  /** Sizes of what salvage has, newest first. */
  private List<Long> kept() throws IOException {
    return lab.beta.engine().salvage(SyncLab.DATASET).list(KeptQuery.all()).stream()
        .map(Undone::bytes)
        .toList();
  }

  @Test
  void whatIsKeptStaysWhereItHasASizeOfItsOwn() throws IOException {
    var keep = new Retention(Duration.ofDays(1), OptionalLong.of(1L << 30));
    SyncResult last = null;
    for (int at = 0; at < 12 && !(last instanceof SyncResult.Failed); at++) {
      write(lab.alpha.root.resolve("replaced"), (2 << 20) + at);
      last = lab.beta.pullFrom(lab.alpha, PullOptions.USUAL.keeping(keep));
    }
    assertThat(last)
        .isInstanceOfSatisfying(
            SyncResult.Failed.class,
            failed -> assertThat(failed.code()).isEqualTo(SyncRefused.Code.DISK_FULL));
  }

  @Test
  void aDiskThatFillsUpMeanwhileGetsTheStageBack() throws IOException {
    Files.writeString(lab.alpha.root.resolve("small"), "small");
    assertThat(lab.beta.pullFrom(lab.alpha)).isInstanceOf(SyncResult.Done.class);
    for (int at = 0; at < 6; at++) {
      write(lab.alpha.root.resolve("part" + at), (1 << 20) + at);
    }
    TreePicture before = TreePicture.of(lab.beta.root);
    boolean[] isFilled = {false};
    SyncResult result =
        lab.beta
            .engine()
            .pull(
                SyncLab.DATASET,
                lab.alpha.listening(),
                PullOptions.USUAL,
                progress -> {
                  if (progress.bytes() >= 2 << 20 && !isFilled[0]) {
                    isFilled[0] = true;
                    fill(lab.beta.root.resolve(".understudy/filler"));
                  }
                });
    assertThat(isFilled[0]).isTrue();
    assertThat(result).isInstanceOf(SyncResult.Failed.class);
    assertThat(((SyncResult.Failed) result).code()).isEqualTo(SyncRefused.Code.DISK_FULL);
    assertThat(TreePicture.of(lab.beta.root).differencesTo(before)).isEmpty();
    assertThat(lab.beta.root.resolve(".understudy/stage")).isEmptyDirectory();

    Files.delete(lab.beta.root.resolve(".understudy/filler"));
    assertThat(lab.beta.pullFrom(lab.alpha)).isInstanceOf(SyncResult.Done.class);
    assertThat(TreePicture.of(lab.beta.root).differencesTo(TreePicture.of(lab.alpha.root)))
        .isEmpty();
  }

  @Test
  void theNextRunLooksForRoomTooAfterOneThatWasRefused() throws IOException {
    write(lab.alpha.root.resolve("huge"), 40 << 20);
    for (int at = 0; at < 2; at++) {
      assertThat(lab.beta.pullFrom(lab.alpha))
          .isInstanceOfSatisfying(
              SyncResult.Failed.class,
              failed -> assertThat(failed.reason()).contains("are to come"));
    }
  }

  @Test
  void aDiskThatFillsUpAfterStagingMakesWhatIsKeptGiveWay() throws Exception {
    run("mount", "-o", "remount,size=48m", lab.beta.root.toString());
    write(lab.alpha.root.resolve("patched"), 2 << 20);
    for (int at = 0; at < 4; at++) {
      write(lab.alpha.root.resolve("replaced"), (1 << 20) + at);
      assertThat(lab.beta.pullFrom(lab.alpha)).isInstanceOf(SyncResult.Done.class);
    }
    assertThat(kept()).hasSize(3);
    assertFullWhileCommitting();
    assertThat(kept()).hasSize(1);
    assertThat(lab.beta.pullFrom(lab.alpha)).isInstanceOf(SyncResult.Done.class);
    assertThat(TreePicture.of(lab.beta.root).differencesTo(TreePicture.of(lab.alpha.root)))
        .isEmpty();
  }

  @Test
  void aDiskThatFillsUpAfterStagingGetsTheStageBackWhereNothingIsKept() throws Exception {
    run("mount", "-o", "remount,size=48m", lab.beta.root.toString());
    write(lab.alpha.root.resolve("patched"), 2 << 20);
    assertThat(lab.beta.pullFrom(lab.alpha)).isInstanceOf(SyncResult.Done.class);
    assertFullWhileCommitting();
    assertThat(lab.beta.root.resolve(".understudy/stage")).isEmptyDirectory();
    assertThat(lab.beta.root.resolve(".understudy/undo")).isEmptyDirectory();
    Files.delete(lab.beta.root.resolve(".understudy/filler"));
    assertThat(lab.beta.pullFrom(lab.alpha)).isInstanceOf(SyncResult.Done.class);
  }

  /** What is to be kept of a patched file finds no room. */
  private void assertFullWhileCommitting() throws IOException {
    lab.beta.reopen(
        effect -> {
          if (effect.equals("save blocks")) {
            fill(lab.beta.root.resolve(".understudy/filler"));
          }
        });
    TwoTrees.write(lab.alpha.root.resolve("patched"), 1 << 20, new byte[100]);
    SyncResult result = lab.beta.pullFrom(lab.alpha);
    lab.beta.reopen(Effects.NONE);
    assertThat(result)
        .isInstanceOfSatisfying(
            SyncResult.Failed.class,
            failed -> {
              assertThat(failed.code()).isEqualTo(SyncRefused.Code.DISK_FULL);
              assertThat(failed.fix()).contains("free space on this file system");
            });
  }

  /** Takes what is left. */
  private static void fill(Path file) {
    try (var out = Files.newOutputStream(file)) {
      byte[] zeros = new byte[64 << 10];
      while (room(file) > 0) {
        out.write(zeros);
      }
    } catch (IOException full) {
      assertThat(full).hasMessageContaining("space");
    }
  }

  private static long room(Path file) throws IOException {
    try (Directory directory = Directory.open(file.resolveSibling("."))) {
      return directory.freeSpace().bytes();
    }
  }
}
