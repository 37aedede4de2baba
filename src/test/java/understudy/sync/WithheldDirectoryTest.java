package understudy.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A directory that the source cannot offer for a while, here because another file system is mounted
 * over it, keeps its last good version; whatever comes of it then, the next run follows.
 */
class WithheldDirectoryTest {
  private SyncLab lab;
  private Path root;
  private Path victim;

  @BeforeEach
  void withholdADirectory() throws Exception {
    lab = new SyncLab();
    root = lab.alpha.root;
    victim = Files.createDirectory(root.resolve("victim"));
    Files.createDirectories(victim.resolve("sub/deeper"));
    Files.writeString(victim.resolve("sub/deeper/file"), "deep");
    Files.writeString(victim.resolve("file"), "inside");
    Files.writeString(root.resolve("beside"), "beside");
    assertThat(lab.beta.pullThoroughlyFrom(lab.alpha)).isInstanceOf(SyncResult.Done.class);
    run("mount", "-t", "tmpfs", "-o", "size=1m", "none", victim.toString());
    try {
      assertThat(lab.beta.pullThoroughlyFrom(lab.alpha))
          .isInstanceOf(SyncResult.DoneWithProblems.class);
    } finally {
      run("umount", victim.toString());
    }
    assertThat(lab.beta.root.resolve("victim/sub/deeper/file")).hasContent("deep");
  }

  @AfterEach
  void close() throws IOException {
    lab.close();
  }

  private static void run(String... command) throws Exception {
    assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
  }

  private void assertFollowed() throws IOException {
    assertThat(lab.beta.pullThoroughlyFrom(lab.alpha)).isInstanceOf(SyncResult.Done.class);
    assertThat(TreePicture.of(lab.beta.root).differencesTo(TreePicture.of(root))).isEmpty();
  }

  @Test
  void itComesBackAsItWas() throws IOException {
    assertFollowed();
  }

  @Test
  void itComesBackWithOnePartChanged() throws IOException {
    Files.writeString(victim.resolve("file"), "changed");
    assertFollowed();
  }

  @Test
  void itGoesElsewhereAndComesBack() throws IOException {
    Files.move(victim, root.resolve("away"));
    assertFollowed();
    Files.move(root.resolve("away"), victim);
    assertFollowed();
  }

  @Test
  void aLinkTakesItsPlaceAndGivesItBack() throws IOException {
    Files.move(victim, root.resolve("away"));
    Files.createSymbolicLink(victim, Path.of("nowhere"));
    assertFollowed();
    Files.delete(victim);
    Files.move(root.resolve("away"), victim);
    assertFollowed();
  }

  @Test
  void itIsDeletedAndMadeAgain() throws Exception {
    run("mv", victim.toString(), lab.home.resolve("outside").toString());
    assertFollowed();
    run("mv", lab.home.resolve("outside").toString(), victim.toString());
    assertFollowed();
  }
}
