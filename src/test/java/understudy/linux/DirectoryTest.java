package understudy.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nothing is reached outside a held directory, and bytes stay bytes. */
class DirectoryTest {
  @TempDir Path home;
  private Path root;
  private Directory directory;

  @BeforeEach
  void open() throws IOException {
    root = Files.createDirectory(home.resolve("root"));
    Files.writeString(home.resolve("outside"), "outside");
    directory = Directory.open(root);
  }

  @AfterEach
  void close() {
    directory.close();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] content(OpenFile file) throws IOException {
    byte[] buffer = new byte[100];
    int read = file.read(buffer, 0, buffer.length);
    return java.util.Arrays.copyOf(buffer, read);
  }

  @Test
  void linksAndDotsDoNotLeadOut() throws IOException {
    Files.createSymbolicLink(root.resolve("up"), Path.of(".."));
    Files.createSymbolicLink(root.resolve("file"), home.resolve("outside"));
    Files.createDirectory(root.resolve("sub"));
    for (String path : List.of("../outside", "up/outside", "file", "sub/../../outside")) {
      assertThatThrownBy(() -> directory.read(bytes(path)).close())
          .as(path)
          .isInstanceOf(SystemCallException.class);
    }
    assertThatThrownBy(() -> directory.read(bytes(home.resolve("outside").toString())).close())
        .isInstanceOf(SystemCallException.class);
    assertThatThrownBy(() -> directory.directory(bytes("up")).close())
        .isInstanceOf(SystemCallException.class);
    assertThatThrownBy(() -> directory.create(bytes("up/new"), 0600).close())
        .isInstanceOf(SystemCallException.class);
    assertThat(home.resolve("new")).doesNotExist();
  }

  @Test
  void aDirectoryThatBecomesALinkWhileItIsUsedIsNeverFollowed() throws Exception {
    Path real = Files.createDirectory(root.resolve("real"));
    Files.writeString(real.resolve("outside"), "inside");
    Path flipping = root.resolve("flipping");
    AtomicBoolean isOver = new AtomicBoolean();
    Thread attacker =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    while (!isOver.get()) {
                      Files.createSymbolicLink(flipping, home);
                      Files.delete(flipping);
                      Files.move(real, flipping);
                      Files.move(flipping, real);
                    }
                  } catch (IOException failed) {
                    throw new AssertionError(failed);
                  }
                });
    List<String> seen = new ArrayList<>();
    int refused = 0;
    for (int attempt = 0; attempt < 20_000; attempt++) {
      try (OpenFile file = directory.read(bytes("flipping/outside"))) {
        seen.add(new String(content(file), StandardCharsets.UTF_8));
      } catch (SystemCallException expected) {
        refused++;
      }
    }
    isOver.set(true);
    attacker.join();
    assertThat(refused).isPositive();
    assertThat(seen).doesNotContain("outside");
  }

  @Test
  void anyBytesButSlashAndNulAreAName() throws IOException {
    byte[] name = new byte[253];
    for (int at = 0, one = 1; at < name.length; at++, one++) {
      one += one == '/' ? 1 : 0;
      name[at] = (byte) one;
    }
    directory.create(name, 0640).close();
    assertThat(directory.names()).containsExactly(name);
    assertThat(directory.status(name).mode() & 0600).isEqualTo(0600);
  }

  @Test
  void pathsLongerThanOneCallTakesAreReached() throws IOException {
    StringBuilder path = new StringBuilder();
    List<Directory> held = new ArrayList<>();
    Directory here = directory;
    String name = "d".repeat(200);
    for (int depth = 0; depth < 30; depth++) {
      here.createDirectory(bytes(name), 0700);
      here = here.directory(bytes(name));
      held.add(here);
      path.append(name).append('/');
    }
    here.create(bytes("file"), 0600).close();
    assertThat(path.length()).isGreaterThan(6000);
    try (OpenFile file = directory.read(bytes(path + "file"))) {
      assertThat(file.status().sizeBytes()).isZero();
    }
    held.forEach(Directory::close);
    assertThat(new ProcessBuilder("rm", "-rf", root.toString()).start().onExit().join().exitValue())
        .isZero();
  }

  @Test
  void statusTellsWhatFindTells() throws Exception {
    Files.writeString(root.resolve("file"), "12345");
    directory.setMode(bytes("file"), 04751);
    directory.setModified(bytes("file"), -77, 123_456_789);
    directory.createNode(bytes("fifo"), FileStatus.Type.FIFO, 0600, 0);
    FileStatus status = directory.status(bytes("file"));
    Process find =
        new ProcessBuilder("find", "file", "-printf", "%m %s %i %n %U %G %T@ %D")
            .directory(root.toFile())
            .start();
    String[] told =
        new String(find.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).split(" ", -1);
    assertThat(Integer.toOctalString(status.mode())).isEqualTo(told[0]);
    assertThat(status.sizeBytes()).isEqualTo(Long.parseLong(told[1]));
    assertThat(status.inode()).isEqualTo(Long.parseLong(told[2]));
    assertThat(status.links()).isEqualTo(Long.parseLong(told[3]));
    assertThat(status.uid()).isEqualTo(Integer.parseInt(told[4]));
    assertThat(status.gid()).isEqualTo(Integer.parseInt(told[5]));
    assertThat(status.mtimeSeconds()).isEqualTo(-77);
    assertThat(status.mtimeNanos()).isEqualTo(123_456_789);
    assertThat(directory.status(bytes("fifo")).type()).isEqualTo(FileStatus.Type.FIFO);
    assertThat(directory.find(bytes("absent"))).isEmpty();
  }

  @Test
  void aMoveNeverReplacesWhatHasTheName() throws IOException {
    Files.writeString(root.resolve("one"), "1");
    Files.writeString(root.resolve("two"), "2");
    assertThatThrownBy(() -> directory.rename(bytes("one"), directory, bytes("two")))
        .isInstanceOfSatisfying(
            SystemCallException.class,
            refused -> assertThat(refused.error()).isEqualTo(SystemCallException.EXISTS))
        .hasMessageContaining("cannot move 'one': already exists");
    assertThat(root.resolve("two")).hasContent("2");
  }

  @Test
  void attributesAreKeptAsBytes() throws IOException {
    Files.writeString(root.resolve("file"), "x");
    byte[] value = {0, 1, (byte) 0xff};
    ExtendedAttributes.set(directory, bytes("file"), bytes("user.test"), value);
    assertThat(ExtendedAttributes.names(directory, bytes("file")))
        .anySatisfy(name -> assertThat(name).isEqualTo(bytes("user.test")));
    assertThat(ExtendedAttributes.value(directory, bytes("file"), bytes("user.test")))
        .isEqualTo(value);
    ExtendedAttributes.remove(directory, bytes("file"), bytes("user.test"));
    assertThat(ExtendedAttributes.names(directory, bytes("file"))).isEmpty();
  }
}
