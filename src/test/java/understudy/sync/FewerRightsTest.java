package understudy.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import understudy.linux.Directory;

/** Nodes that may not read, own or create everything, in processes without those rights. */
class FewerRightsTest {
  private SyncLab lab;

  @BeforeEach
  void open() throws IOException {
    lab = new SyncLab();
  }

  @AfterEach
  void close() throws IOException {
    lab.close();
  }

  private static void setMode(Path path, String mode) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
  }

  @Test
  void whatTheSourceMayNotReadKeepsItsLastGoodVersionAndIsNamed() throws Exception {
    Path file = lab.alpha.root.resolve("file");
    Path directory = Files.createDirectory(lab.alpha.root.resolve("directory"));
    Files.writeString(file, "old");
    Files.writeString(directory.resolve("inner"), "old");
    assertThat(lab.beta.pullFrom(lab.alpha)).isInstanceOf(SyncResult.Done.class);
    Files.writeString(file, "new");
    Files.writeString(lab.alpha.root.resolve("other"), "new");
    setMode(file, "---------");
    setMode(directory, "---------");
    lab.alpha.engine().close();

    Process source =
        ChildNode.start(true, "serve", lab.alpha.root.toString(), lab.alpha.state.toString());
    SyncResult result;
    try (BufferedReader words = source.inputReader()) {
      String told = words.lines().filter(line -> line.startsWith("port ")).findFirst().orElse("");
      int port = Integer.parseInt(told.replaceFirst("port ", ""));
      result =
          lab.beta
              .engine()
              .pull(SyncLab.DATASET, () -> SyncLab.connect(port), PullOptions.USUAL, p -> {});
    } finally {
      source.destroyForcibly().waitFor();
    }

    assertThat(result).isInstanceOf(SyncResult.DoneWithProblems.class);
    assertThat(((SyncResult.DoneWithProblems) result).problems())
        .containsExactly(
            "'directory' could not be read at the source",
            "'file' could not be read at the source");
    assertThat(lab.beta.root.resolve("file")).hasContent("old");
    assertThat(lab.beta.root.resolve("directory/inner")).hasContent("old");
    assertThat(lab.beta.root.resolve("other")).hasContent("new");

    setMode(file, "rw-r--r--");
    setMode(directory, "rwxr-xr-x");
    lab.alpha.reopen(Effects.NONE);
    assertThat(lab.beta.pullFrom(lab.alpha)).isInstanceOf(SyncResult.Done.class);
    assertThat(TreePicture.of(lab.beta.root).differencesTo(TreePicture.of(lab.alpha.root)))
        .isEmpty();
  }

  @Test
  void aFollowerWithoutRootKeepsReadOnlyDirectoriesGoing() throws Exception {
    Path readOnly = Files.createDirectories(lab.alpha.root.resolve("read-only/deep"));
    Files.writeString(readOnly.resolve("file"), "1");
    setMode(readOnly, "r-xr-xr-x");
    lab.beta.engine().close();
    try (ServerSocket server = lab.alpha.server()) {
      assertThat(once(server)).startsWith("Done[");
      setMode(readOnly, "rwxr-xr-x");
      Files.writeString(readOnly.resolve("file"), "2");
      Files.writeString(readOnly.resolve("more"), "2");
      setMode(readOnly, "r-xr-xr-x");
      assertThat(once(server)).startsWith("Done[");
      assertThat(TreePicture.of(lab.beta.root).differencesTo(TreePicture.of(lab.alpha.root)))
          .isEmpty();
      setMode(readOnly, "rwxr-xr-x");
      Files.delete(readOnly.resolve("more"));
      Files.delete(readOnly.resolve("file"));
      Files.delete(readOnly);
      assertThat(once(server)).startsWith("Done[");
    }
    assertThat(TreePicture.of(lab.beta.root).differencesTo(TreePicture.of(lab.alpha.root)))
        .isEmpty();
  }

  @Test
  void anOwnerThatCannotBeSetIsReportedAndNotDroppedInSilence() throws Exception {
    Path file = lab.alpha.root.resolve("foreign");
    Files.writeString(file, "1");
    boolean isForeign = true;
    try (Directory root = Directory.open(lab.alpha.root)) {
      root.setOwner(Reserved.ascii("foreign"), 12_345, 12_345);
    } catch (IOException notRoot) {
      isForeign = false; // then nothing here has another owner
    }
    lab.beta.engine().close();
    try (ServerSocket server = lab.alpha.server()) {
      String told = once(server);
      assertThat(told).startsWith(isForeign ? "DoneWithProblems[" : "Done[");
      if (isForeign) {
        assertThat(told).contains("'foreign' carries what this node cannot hold");
      }
      assertThat(lab.beta.root.resolve("foreign")).hasContent("1");
    }
  }

  private String once(ServerSocket server) throws Exception {
    Process follower =
        ChildNode.start(
            true,
            "once",
            lab.beta.root.toString(),
            lab.beta.state.toString(),
            Integer.toString(server.getLocalPort()));
    try (BufferedReader words = follower.inputReader()) {
      String told = words.lines().filter(line -> line.startsWith("result ")).findFirst().orElse("");
      return told.replaceFirst("result ", "");
    } finally {
      follower.destroyForcibly().waitFor();
    }
  }
}
