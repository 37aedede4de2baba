package understudy.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What has only moved at the source is neither sent nor copied, and is no deletion. */
class MovedFilesTest {
  private static final int FILES = 150;

  private SyncLab lab;

  @BeforeEach
  void open() throws IOException {
    lab = new SyncLab();
    Path folder = Files.createDirectories(lab.alpha.root.resolve("folder/inner"));
    for (int at = 0; at < FILES; at++) {
      Files.writeString(folder.resolve("file" + at), "content " + at);
    }
    pull();
  }

  @AfterEach
  void close() throws IOException {
    lab.close();
  }

  private SyncResult.Run pull() throws IOException {
    SyncResult result = lab.beta.pullFrom(lab.alpha);
    assertThat(result).isInstanceOf(SyncResult.Done.class);
    assertThat(TreePicture.of(lab.beta.root).differencesTo(TreePicture.of(lab.alpha.root)))
        .isEmpty();
    return result.run();
  }

  private static long inode(Path file) throws IOException {
    return (long) Files.getAttribute(file, "unix:ino");
  }

  @Test
  void theOnlyFolderMayBeRenamedAndItsFilesStayTheSame() throws IOException {
    long before = inode(lab.beta.root.resolve("folder/inner/file7"));
    Files.move(lab.alpha.root.resolve("folder"), lab.alpha.root.resolve("renamed"));
    SyncResult.Run run = pull();
    assertThat(run.removed()).isLessThan(2);
    assertThat(inode(lab.beta.root.resolve("renamed/inner/file7"))).isEqualTo(before);
    long kept = lab.beta.engine().salvage(SyncLab.DATASET).list(KeptQuery.all()).getFirst().id();
    Path to = lab.home.resolve("restored");
    lab.beta.engine().salvage(SyncLab.DATASET).restore(new Wanted.Kept(kept), to, false);
    assertThat(to.resolve("inner/file7")).hasContent("content 7");
  }

  @Test
  void aFolderThatMovesTwiceArrivesTwice() throws IOException {
    Files.move(lab.alpha.root.resolve("folder"), lab.alpha.root.resolve("once"));
    pull();
    Files.move(lab.alpha.root.resolve("once"), lab.alpha.root.resolve("twice"));
    pull();
  }

  @Test
  void twoNewFilesOfAMovedContentAreTwoFiles() throws IOException {
    Path folder = lab.alpha.root.resolve("folder/inner");
    FileTime time = FileTime.from(Instant.ofEpochSecond(1_000_000));
    Files.setLastModifiedTime(folder.resolve("file3"), time);
    pull();
    Files.copy(folder.resolve("file3"), folder.resolve("a-copy"));
    Files.setLastModifiedTime(folder.resolve("a-copy"), time);
    Files.move(folder.resolve("file3"), folder.resolve("moved"));
    pull();
    assertThat(inode(lab.beta.root.resolve("folder/inner/a-copy")))
        .isNotEqualTo(inode(lab.beta.root.resolve("folder/inner/moved")));
  }

  @Test
  void aFileThatSomebodyElseChangedIsNotTakenForTheMovedOne() throws IOException {
    Files.writeString(lab.beta.root.resolve("folder/inner/file9"), "CONTENT 9");
    Files.move(
        lab.alpha.root.resolve("folder/inner/file9"), lab.alpha.root.resolve("folder/file9"));
    SyncResult result = lab.beta.pullFrom(lab.alpha);
    assertThat(result).isNotInstanceOf(SyncResult.Failed.class);
    assertThat(lab.beta.root.resolve("folder/file9")).hasContent("content 9");
  }
}
