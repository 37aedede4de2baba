package understudy.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Of a large file that has changed only the changed blocks travel. */
class BlockFetchTest {
  private static final int BLOCK = 64 << 10;
  private static final int SIZE = 64 * BLOCK + 100;

  private final Random random = new Random(4);
  private SyncLab lab;
  private Path source;
  private Path target;

  @BeforeEach
  void open() throws IOException {
    lab = new SyncLab();
    source = lab.alpha.root.resolve("big");
    target = lab.beta.root.resolve("big");
    Files.write(source, noise(SIZE));
    assertThat(lab.beta.pullFrom(lab.alpha)).isInstanceOf(SyncResult.Done.class);
  }

  @AfterEach
  void close() throws IOException {
    lab.close();
  }

  private byte[] noise(int bytes) {
    byte[] noise = new byte[bytes];
    random.nextBytes(noise);
    return noise;
  }

  private void write(Path file, long position, byte[] bytes) throws IOException {
    try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
      open.seek(position);
      open.write(bytes);
    }
  }

  /** Pulls, compares, and answers what went over the wire. */
  private long wireOfNextPull() throws IOException {
    SyncResult result = lab.beta.pullFrom(lab.alpha);
    assertThat(result).isInstanceOf(SyncResult.Done.class);
    assertThat(Files.mismatch(source, target)).isEqualTo(-1);
    assertThat(TreePicture.of(lab.beta.root).differencesTo(TreePicture.of(lab.alpha.root)))
        .isEmpty();
    return result.run().wireBytes();
  }

  @Test
  void changesInPlaceCostTheirBlocks() throws IOException {
    write(source, 5L * BLOCK + 17, noise(10));
    write(source, 40L * BLOCK, noise(BLOCK));
    assertThat(wireOfNextPull()).isBetween(2L * BLOCK, 2L * BLOCK + 4096);
    write(source, 41L * BLOCK, noise(BLOCK));
    assertThat(wireOfNextPull()).isBetween((long) BLOCK, BLOCK + 4096L);
  }

  @Test
  void appendedBytesCostTheLastBlockAndThemselves() throws IOException {
    Files.write(source, noise(3 * BLOCK), StandardOpenOption.APPEND);
    assertThat(wireOfNextPull()).isLessThan(4L * BLOCK + 4096);
  }

  @Test
  void aFileThatLostItsEndCostsItsLastBlock() throws IOException {
    try (RandomAccessFile open = new RandomAccessFile(source.toFile(), "rw")) {
      open.setLength(30L * BLOCK + 11);
    }
    assertThat(wireOfNextPull()).isLessThan(BLOCK + 4096L);
  }

  @Test
  void changedBlocksAreFoundWithoutTheMemoryOfAnEarlierRun() throws IOException {
    write(source, 7L * BLOCK, noise(BLOCK));
    lab.alpha.reopen(Effects.NONE);
    lab.beta.reopen(Effects.NONE);
    assertThat(wireOfNextPull()).isLessThan(BLOCK + 4096L);
  }

  @Test
  void aBaseThatSomebodyElseChangedIsNotTrusted() throws IOException {
    write(target, 9L * BLOCK, noise(BLOCK));
    write(source, 7L * BLOCK, noise(BLOCK));
    SyncResult result = lab.beta.pullFrom(lab.alpha);
    assertThat(result).isNotInstanceOf(SyncResult.Failed.class);
    assertThat(Files.mismatch(source, target)).isEqualTo(-1);
  }

  @Test
  void holesOfTheBaseStayHoles() throws IOException {
    try (RandomAccessFile open = new RandomAccessFile(source.toFile(), "rw")) {
      open.setLength(600L * BLOCK);
    }
    wireOfNextPull();
    write(source, 3L * BLOCK, noise(BLOCK));
    assertThat(wireOfNextPull()).isLessThan(BLOCK + 8192L);
    assertThat((long) (int) Files.getAttribute(target, "unix:nlink")).isEqualTo(1);
    assertThat(allocated(target)).isLessThan(100L * BLOCK);
  }

  private static long allocated(Path file) throws IOException {
    Process process = new ProcessBuilder("stat", "-c", "%b", file.toString()).start();
    return Long.parseLong(
            new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip())
        * 512;
  }
}
