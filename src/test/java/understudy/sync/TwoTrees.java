package understudy.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * A source and a target, and one sync at a time from one to the other: what many tests stand on.
 */
abstract class TwoTrees {
  static final int BLOCK = 64 << 10;

  final Random random = new Random(48);
  SyncLab lab;
  Path source;
  Path target;

  @BeforeEach
  void openTrees() throws IOException {
    lab = new SyncLab();
    source = lab.alpha.root;
    target = lab.beta.root;
  }

  @AfterEach
  void closeTrees() throws IOException {
    lab.close();
  }

  /** Syncs once; the run did not fail. */
  final SyncResult pull() throws IOException {
    SyncResult result = lab.beta.pullFrom(lab.alpha);
    assertThat(result).isNotInstanceOf(SyncResult.Failed.class);
    return result;
  }

  final void assertSame() {
    assertThat(TreePicture.of(target).differencesTo(TreePicture.of(source))).isEmpty();
  }

  final byte[] noise(int bytes) {
    byte[] noise = new byte[bytes];
    random.nextBytes(noise);
    return noise;
  }

  static void write(Path file, long position, byte[] bytes) throws IOException {
    try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
      open.seek(position);
      open.write(bytes);
    }
  }

  /** What the command printed; it ended well. */
  static String run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as("%s: %s", List.of(command), output).isZero();
    return output;
  }
}
