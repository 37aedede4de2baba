package understudy.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import understudy.sync.plan.Name;
import understudy.sync.plan.TreePath;

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

  private int restores;

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
    long file = inode(lab.beta.root.resolve("folder/inner/file7"));
    long folder = inode(lab.beta.root.resolve("folder"));
    Files.move(lab.alpha.root.resolve("folder"), lab.alpha.root.resolve("renamed"));
    SyncResult.Run run = pull();
    assertThat(List.of(run.removed(), run.files(), run.bytes())).containsOnly(0L);
    assertThat(inode(lab.beta.root.resolve("renamed"))).isEqualTo(folder);
    assertThat(inode(lab.beta.root.resolve("renamed/inner/file7"))).isEqualTo(file);
    assertThat(lab.beta.engine().salvage(SyncLab.DATASET).list(KeptQuery.all())).isEmpty();
  }

  @Test
  void aMoveToAnotherFolderLeavesBothTheirTimes() throws IOException {
    Files.createDirectories(lab.alpha.root.resolve("a/b"));
    Files.writeString(lab.alpha.root.resolve("a/b/stays"), "stays");
    Files.createDirectories(lab.alpha.root.resolve("z"));
    pull();
    Files.move(lab.alpha.root.resolve("folder/inner"), lab.alpha.root.resolve("a/b/inner"));
    setTime("a/b", 1_000);
    setTime("folder", 2_000);
    pull();
    Files.move(lab.alpha.root.resolve("a/b/inner"), lab.alpha.root.resolve("z/inner"));
    setTime("a/b", 3_000);
    setTime("z", 4_000);
    Files.setPosixFilePermissions(
        lab.alpha.root.resolve("z/inner"), PosixFilePermissions.fromString("r-x------"));
    pull();
    assertThat(lab.beta.engine().scrub(SyncLab.DATASET, Long.MAX_VALUE, (_, _) -> {}).found())
        .isEmpty();
  }

  private void setTime(String directory, long seconds) throws IOException {
    Files.setLastModifiedTime(
        lab.alpha.root.resolve(directory), FileTime.from(Instant.ofEpochSecond(seconds)));
  }

  @Test
  void whatWasInAFolderBeforeItMovedIsStillToBeSeenAtItsOldPlace() throws Exception {
    Path others = Files.createDirectories(lab.alpha.root.resolve("others"));
    for (int at = 0; at < 2 * FILES; at++) { // or the brake would ask
      Files.writeString(others.resolve("other" + at), "other " + at);
    }
    pull();
    Path change = lab.alpha.root.resolve("folder/inner/file1");
    Instant first = settledNow();
    Files.writeString(change, "second");
    pull();
    Instant second = settledNow();
    Files.move(lab.alpha.root.resolve("folder"), lab.alpha.root.resolve("moved"));
    pull();
    Instant third = settledNow();
    Files.writeString(lab.alpha.root.resolve("moved/inner/file1"), "fourth");
    Files.delete(lab.alpha.root.resolve("moved/inner/file2"));
    pull();
    try (var all = Files.walk(lab.alpha.root.resolve("moved"))) {
      all.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(java.io.File::delete);
    }
    Files.createDirectories(lab.alpha.root.resolve("folder"));
    Files.writeString(lab.alpha.root.resolve("folder/other"), "other");
    pull();
    assertThat(restored("folder", first).resolve("inner/file1")).hasContent("content 1");
    assertThat(restored("folder", second).resolve("inner/file1")).hasContent("second");
    assertThat(restored("folder", second).resolve("inner/file2")).hasContent("content 2");
    assertThat(restored("folder", second).resolve("other")).doesNotExist();
    assertThat(restored("moved", third).resolve("inner/file1")).hasContent("second");
    assertThat(restored("moved/inner", third).resolve("file3")).hasContent("content 3");
    assertThatThrownBy(() -> restored("moved", second)).isInstanceOf(SyncRefused.class);
  }

  private static Instant settledNow() throws InterruptedException {
    Instant now = Instant.now().plusMillis(1);
    while (!Instant.now().isAfter(now.plusMillis(1))) {
      Thread.onSpinWait();
    }
    return now;
  }

  private Path restored(String path, Instant time) throws IOException {
    Path to = lab.home.resolve("restored-" + restores++);
    TreePath wanted = TreePath.ROOT;
    for (String name : path.split("/", -1)) {
      wanted = wanted.child(Name.ascii(name));
    }
    lab.beta.engine().salvage(SyncLab.DATASET).restore(new Wanted.AsOf(wanted, time), to, false);
    return to;
  }

  @Test
  void anEarlierVersionOfAPatchedFileOutlivesTheMoveOfItsFolder() throws IOException {
    Path big = lab.alpha.root.resolve("folder/big");
    byte[] content = new byte[4 << 20];
    new Random(5).nextBytes(content);
    Files.write(big, content);
    pull();
    byte[] changed = content.clone();
    Arrays.fill(changed, 1 << 20, (1 << 20) + 1000, (byte) 7);
    Files.write(big, changed);
    pull();
    Files.move(lab.alpha.root.resolve("folder"), lab.alpha.root.resolve("elsewhere"));
    pull();
    Undone kept = lab.beta.engine().salvage(SyncLab.DATASET).list(KeptQuery.all()).getFirst();
    Path to = lab.home.resolve("restored");
    lab.beta.engine().salvage(SyncLab.DATASET).restore(new Wanted.Kept(kept.id()), to, false);
    assertThat(to).hasBinaryContent(content);
  }

  @Test
  void aHardLinkIntoAMovedFolderStaysOne() throws IOException {
    Files.createLink(
        lab.alpha.root.resolve("z-name"), lab.alpha.root.resolve("folder/inner/file4"));
    pull();
    Files.move(lab.alpha.root.resolve("folder"), lab.alpha.root.resolve("renamed"));
    Files.createLink(
        lab.alpha.root.resolve("z-third"), lab.alpha.root.resolve("renamed/inner/file5"));
    pull();
    assertThat(inode(lab.beta.root.resolve("z-name")))
        .isEqualTo(inode(lab.beta.root.resolve("renamed/inner/file4")));
    assertThat(inode(lab.beta.root.resolve("z-third")))
        .isEqualTo(inode(lab.beta.root.resolve("renamed/inner/file5")));
  }

  @Test
  void aCopyOfAMovedFolderIsNoSecondNameOfItsFiles() throws IOException {
    Path folder = lab.alpha.root.resolve("folder");
    assertThat(new ProcessBuilder("cp", "-a", folder.toString(), folder + "-copy").start().onExit())
        .succeedsWithin(java.time.Duration.ofSeconds(20));
    Files.move(folder, lab.alpha.root.resolve("renamed"));
    pull();
    assertThat(inode(lab.beta.root.resolve("renamed/inner/file6")))
        .isNotEqualTo(inode(lab.beta.root.resolve("folder-copy/inner/file6")));
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
