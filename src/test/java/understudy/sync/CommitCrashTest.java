package understudy.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import understudy.linux.Directory;

/**
 * The process dies before each single effect of a run: what is found is the old or the new state.
 */
class CommitCrashTest {
  private SyncLab lab;

  @BeforeEach
  void open() throws IOException {
    lab = new SyncLab();
  }

  @AfterEach
  void close() throws IOException {
    lab.close();
  }

  private void makeOldState() throws IOException {
    Path root = lab.alpha.root;
    Files.createDirectories(root.resolve("kept/inner"));
    Files.createDirectories(root.resolve("goes/deep"));
    Files.createDirectories(root.resolve("becomes-file"));
    Files.writeString(root.resolve("kept/inner/changes"), "old");
    Files.writeString(root.resolve("kept/stays"), "stays");
    Files.writeString(root.resolve("kept/amended"), "amended");
    Files.writeString(root.resolve("goes/deep/file"), "gone");
    Files.write(root.resolve("kept/patched"), large());
    Files.createDirectories(root.resolve("moves/deep"));
    Files.writeString(root.resolve("moves/deep/file"), "is only moved");
    Files.writeString(root.resolve("becomes-file/x"), "x");
    Files.writeString(root.resolve("becomes-directory"), "y");
    Files.writeString(root.resolve("linked"), "one inode");
    Files.createSymbolicLink(root.resolve("link"), Path.of("kept"));
    assertThat(lab.beta.pullFrom(lab.alpha)).isInstanceOf(SyncResult.Done.class);
  }

  /** Large enough to be patched in place. */
  private static byte[] large() {
    byte[] large = new byte[(2 << 20) + 77];
    new Random(3).nextBytes(large);
    return large;
  }

  private void makeNewState() throws IOException {
    Path root = lab.alpha.root;
    byte[] patched = Arrays.copyOf(large(), (2 << 20) + 100_000);
    Arrays.fill(patched, 600_000, 700_000, (byte) 7);
    Arrays.fill(patched, 2 << 20, patched.length, (byte) 8);
    Files.write(root.resolve("kept/patched"), patched);
    Files.move(root.resolve("moves"), root.resolve("kept/moved"));
    Files.writeString(root.resolve("kept/inner/changes"), "new");
    Files.writeString(root.resolve("kept/inner/added"), "added");
    try (Directory directory = Directory.open(root.resolve("kept"))) {
      directory.setMode(Reserved.ascii("amended"), 0600);
      directory.setModified(Reserved.ascii("amended"), 12345, 6789);
      Reserved.removeAll(directory, Reserved.ascii("none"));
    }
    try (Directory directory = Directory.open(root)) {
      Reserved.removeAll(directory, Reserved.ascii("goes"));
      Reserved.removeAll(directory, Reserved.ascii("becomes-file"));
      Reserved.removeAll(directory, Reserved.ascii("becomes-directory"));
      Reserved.removeAll(directory, Reserved.ascii("link"));
      directory.createSymlink(Reserved.ascii("link"), Reserved.ascii("elsewhere"));
      directory.link(Reserved.ascii("linked"), directory, Reserved.ascii("second-name"));
    }
    Files.writeString(root.resolve("becomes-file"), "now a file");
    Files.createDirectories(root.resolve("becomes-directory/new/deep"));
    Files.writeString(root.resolve("becomes-directory/new/deep/file"), "z");
    Files.setPosixFilePermissions(
        root.resolve("becomes-directory/new"), PosixFilePermissions.fromString("r-xr-xr-x"));
  }

  /** Puts the follower back to the saved old state, with an engine that has the given effects. */
  private void restore(Path saved, Effects effects) throws IOException, InterruptedException {
    lab.beta.engine().close();
    Path beta = lab.beta.root.getParent();
    try (Directory home = Directory.open(lab.home)) {
      Reserved.removeAll(home, Reserved.ascii("beta"));
    }
    Process copy =
        new ProcessBuilder("cp", "-a", saved.toString(), String.valueOf(beta)).inheritIO().start();
    assertThat(copy.waitFor()).isZero();
    lab.beta.reopen(effects);
  }

  @Test
  void treeIsTheOldOrTheNewStateWhereverTheProcessDies() throws Exception {
    makeOldState();
    TreePicture old = TreePicture.of(lab.beta.root);
    lab.beta.engine().close();
    Path saved = lab.home.resolve("saved");
    Process copy =
        new ProcessBuilder("cp", "-a", String.valueOf(lab.beta.root.getParent()), saved.toString())
            .inheritIO()
            .start();
    assertThat(copy.waitFor()).isZero();
    makeNewState();
    TreePicture fresh = TreePicture.of(lab.alpha.root);
    StreamOpener source = lab.alpha.listening();

    int oldStates = 0;
    int newStates = 0;
    for (int fatal = 1; ; fatal++) {
      Mortal dying = new Mortal(fatal);
      boolean isDead = false;
      try {
        restore(saved, dying);
        lab.beta.engine().pull(SyncLab.DATASET, source, PullOptions.USUAL, progress -> {});
      } catch (Mortal.Crash crash) {
        isDead = true;
      }
      lab.beta.reopen(Effects.NONE);
      assertThat(lab.beta.engine().heads().getFirst().isWhole()).isTrue();
      TreePicture found = TreePicture.of(lab.beta.root);
      boolean isNew = found.differencesTo(fresh).isEmpty();
      if (!isNew) {
        assertThat(found.differencesTo(old)).as("died before %s", dying.seen()).isEmpty();
      }
      oldStates += isNew ? 0 : 1;
      newStates += isNew ? 1 : 0;
      SyncResult again =
          lab.beta.engine().pull(SyncLab.DATASET, source, PullOptions.USUAL, progress -> {});
      assertThat(again).isInstanceOfAny(SyncResult.Done.class, SyncResult.Unchanged.class);
      assertThat(TreePicture.of(lab.beta.root).differencesTo(fresh)).isEmpty();
      if (!isDead) {
        break;
      }
    }
    System.out.printf("%d deaths%n", oldStates + newStates);
    assertThat(oldStates).isGreaterThan(15);
    assertThat(newStates).isGreaterThan(15);
  }

  @Test
  void aCommitThatCannotGoForwardIsTakenBack() throws Exception {
    makeOldState();
    TreePicture old = TreePicture.of(lab.beta.root);
    makeNewState();
    boolean[] isSabotaged = {false};
    lab.beta.reopen(
        effect -> {
          if (effect.equals("dress directory") && !isSabotaged[0]) {
            isSabotaged[0] = true; // by then half of the tree is exchanged
            sabotage();
          }
        });

    assertThat(lab.beta.pullFrom(lab.alpha)).isInstanceOf(SyncResult.Failed.class);
    assertThat(isSabotaged[0]).isTrue();
    assertThat(lab.beta.engine().heads().getFirst().isWhole()).isTrue();
    assertThat(TreePicture.of(lab.beta.root).differencesTo(old)).isEmpty();

    assertThat(lab.beta.pullFrom(lab.alpha)).isInstanceOf(SyncResult.Done.class);
    assertThat(TreePicture.of(lab.beta.root).differencesTo(TreePicture.of(lab.alpha.root)))
        .isEmpty();
  }

  @Test
  void aCommitThatCanGoNeitherForwardNorBackLeavesNoWholeHead() throws Exception {
    makeOldState();
    makeNewState();
    Refusing disk = new Refusing("sync tree", () -> new IOException("input/output error"));
    lab.beta.reopen(disk);
    assertThat(lab.beta.pullFrom(lab.alpha)).isInstanceOf(SyncResult.Failed.class);
    assertThat(lab.beta.engine().heads().getFirst().isWhole()).isFalse();
    disk.mend();
    assertThat(lab.beta.pullFrom(lab.alpha)).isInstanceOf(SyncResult.Unchanged.class);
    assertThat(lab.beta.engine().heads().getFirst().isWhole()).isTrue();
    assertThat(TreePicture.of(lab.beta.root).differencesTo(TreePicture.of(lab.alpha.root)))
        .isEmpty();
  }

  /** Takes away what is still to be installed. */
  private void sabotage() {
    try (Directory stages = Directory.open(lab.beta.root.resolve(".understudy/stage"));
        Directory level = stages.directory(stages.names().getFirst())) {
      Reserved.removeAll(level, Reserved.ascii("second-name"));
      Reserved.removeAll(level, Reserved.ascii("link"));
    } catch (IOException failed) {
      throw new AssertionError(failed);
    }
  }

  @Test
  void aSecondDeathWhileFinishingIsHarmlessToo() throws Exception {
    makeOldState();
    lab.beta.engine().close();
    Path saved = lab.home.resolve("saved");
    Process copy =
        new ProcessBuilder("cp", "-a", String.valueOf(lab.beta.root.getParent()), saved.toString())
            .inheritIO()
            .start();
    assertThat(copy.waitFor()).isZero();
    makeNewState();
    TreePicture fresh = TreePicture.of(lab.alpha.root);
    StreamOpener source = lab.alpha.listening();

    for (int second = 1; second < 12; second++) {
      try {
        restore(saved, Mortal.after("commit promise", 3));
        lab.beta.engine().pull(SyncLab.DATASET, source, PullOptions.USUAL, progress -> {});
      } catch (Mortal.Crash first) {
        assertThat(first).isNotNull();
      }
      try {
        lab.beta.reopen(new Mortal(second));
      } catch (Mortal.Crash again) {
        assertThat(again).isNotNull();
      }
      lab.beta.reopen(Effects.NONE);
      assertThat(TreePicture.of(lab.beta.root).differencesTo(fresh)).isEmpty();
    }
  }
}
