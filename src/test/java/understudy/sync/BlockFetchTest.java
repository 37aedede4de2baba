package understudy.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Of a large file that has changed only the changed blocks travel. */
class BlockFetchTest extends TwoTrees {
  private static final int SIZE = 64 * BLOCK + 100;

  private Path original;
  private Path copy;

  @BeforeEach
  void open() throws IOException {
    original = lab.alpha.root.resolve("big");
    copy = lab.beta.root.resolve("big");
    Files.write(original, noise(SIZE));
    assertThat(lab.beta.pullFrom(lab.alpha)).isInstanceOf(SyncResult.Done.class);
  }

  /** Pulls, compares, and answers what went over the wire. */
  private long wireOfNextPull() throws IOException {
    SyncResult result = lab.beta.pullFrom(lab.alpha);
    assertThat(result).isInstanceOf(SyncResult.Done.class);
    assertThat(Files.mismatch(original, copy)).isEqualTo(-1);
    assertThat(TreePicture.of(lab.beta.root).differencesTo(TreePicture.of(lab.alpha.root)))
        .isEmpty();
    return result.run().wireBytes();
  }

  @Test
  void changesInPlaceCostTheirBlocks() throws IOException {
    write(original, 5L * BLOCK + 17, noise(10));
    write(original, 40L * BLOCK, noise(BLOCK));
    assertThat(wireOfNextPull()).isBetween(2L * BLOCK, 2L * BLOCK + 4096);
    write(original, 41L * BLOCK, noise(BLOCK));
    assertThat(wireOfNextPull()).isBetween((long) BLOCK, BLOCK + 4096L);
  }

  @Test
  void aFileThatIsCopiedAndThenChangedInPlaceIsPatchedAllTheSame() throws Exception {
    for (String name : List.of("a-copy", "big.bak")) { // before and after it in the order of names
      run("cp", "-p", original.toString(), source.resolve(name).toString());
      write(original, 5L * BLOCK, noise(10));
      assertThat(wireOfNextPull()).isLessThan(2L * BLOCK);
    }
  }

  @Test
  void appendedBytesCostTheLastBlockAndThemselves() throws IOException {
    Files.write(original, noise(3 * BLOCK), StandardOpenOption.APPEND);
    assertThat(wireOfNextPull()).isLessThan(4L * BLOCK + 4096);
  }

  @Test
  void aFileThatLostItsEndCostsItsLastBlock() throws IOException {
    try (RandomAccessFile open = new RandomAccessFile(original.toFile(), "rw")) {
      open.setLength(30L * BLOCK + 11);
    }
    assertThat(wireOfNextPull()).isLessThan(BLOCK + 4096L);
  }

  @Test
  void changedBlocksAreFoundWithoutTheMemoryOfAnEarlierRun() throws IOException {
    write(original, 7L * BLOCK, noise(BLOCK));
    lab.alpha.reopen(Effects.NONE);
    lab.beta.reopen(Effects.NONE);
    assertThat(wireOfNextPull()).isLessThan(BLOCK + 4096L);
  }

  @Test
  void aBaseThatSomebodyElseChangedIsNotTrusted() throws IOException {
    write(copy, 9L * BLOCK, noise(BLOCK));
    write(original, 7L * BLOCK, noise(BLOCK));
    SyncResult result = lab.beta.pullFrom(lab.alpha);
    assertThat(result).isNotInstanceOf(SyncResult.Failed.class);
    assertThat(Files.mismatch(original, copy)).isEqualTo(-1);
  }

  @Test
  void holesOfTheBaseStayHoles() throws IOException {
    try (RandomAccessFile open = new RandomAccessFile(original.toFile(), "rw")) {
      open.setLength(600L * BLOCK);
    }
    wireOfNextPull();
    write(original, 3L * BLOCK, noise(BLOCK));
    assertThat(wireOfNextPull()).isLessThan(BLOCK + 8192L);
    assertThat((long) (int) Files.getAttribute(copy, "unix:nlink")).isEqualTo(1);
    assertThat(allocated(copy)).isLessThan(100L * BLOCK);
  }

  private static long allocated(Path file) throws IOException {
    Process process = new ProcessBuilder("stat", "-c", "%b", file.toString()).start();
    return Long.parseLong(
            new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip())
        * 512;
  }

  private static long inode(Path file) throws IOException {
    return (long) Files.getAttribute(file, "unix:ino");
  }

  private byte[] restored(long id, String name) throws IOException {
    Path to = lab.home.resolve(name);
    lab.beta.engine().salvage(SyncLab.DATASET).restore(new Wanted.Kept(id), to, false);
    return Files.readAllBytes(to);
  }

  private List<Undone> kept() throws IOException {
    return lab.beta.engine().salvage(SyncLab.DATASET).list(KeptQuery.all());
  }

  @Test
  void fewChangedBlocksAreWrittenWhereTheFileLies() throws IOException {
    long before = inode(copy);
    write(original, 5L * BLOCK + 17, noise(10));
    wireOfNextPull();
    assertThat(inode(copy)).isEqualTo(before);
    write(original, 0, noise(40 * BLOCK));
    wireOfNextPull();
    assertThat(inode(copy)).as("most of it is new").isNotEqualTo(before);
  }

  @Test
  void everyFormerVersionOfAPatchedFileCanBeHadBack() throws IOException {
    Files.writeString(lab.alpha.root.resolve("stays"), "so that not everything goes");
    List<byte[]> versions = new ArrayList<>();
    versions.add(Files.readAllBytes(original));
    write(original, 5L * BLOCK + 17, noise(10));
    wireOfNextPull();
    versions.add(Files.readAllBytes(original));
    Files.write(original, noise(3 * BLOCK), StandardOpenOption.APPEND);
    write(original, 5L * BLOCK, noise(2 * BLOCK));
    wireOfNextPull();
    versions.add(Files.readAllBytes(original));
    try (RandomAccessFile open = new RandomAccessFile(original.toFile(), "rw")) {
      open.setLength(50L * BLOCK + 11);
    }
    wireOfNextPull();
    versions.add(Files.readAllBytes(original));
    Files.write(original, noise(SIZE)); // whole again
    wireOfNextPull();
    Files.delete(original);
    assertThat(lab.beta.pullFrom(lab.alpha, PullOptions.USUAL)).isInstanceOf(SyncResult.Done.class);

    List<Undone> oldestFirst = kept().reversed();
    assertThat(oldestFirst).hasSize(5);
    for (int at = 0; at < versions.size(); at++) {
      assertThat(restored(oldestFirst.get(at).id(), "version-" + at)).isEqualTo(versions.get(at));
    }
  }

  @Test
  void aFormerVersionIsNotHandedOutWhenItsRestIsNoLongerThere() throws IOException {
    write(original, 5L * BLOCK, noise(BLOCK));
    wireOfNextPull();
    write(copy, 9L * BLOCK, noise(BLOCK)); // as a service does after a takeover
    assertThatThrownBy(() -> restored(kept().getFirst().id(), "never"))
        .isInstanceOf(SyncRefused.class)
        .hasMessageContaining("no longer be put together");
  }

  @Test
  void aPatchedFileThatGetsASecondNameIsStagedWhole() throws IOException {
    write(original, 5L * BLOCK, noise(BLOCK));
    Files.createLink(lab.alpha.root.resolve("second"), original);
    wireOfNextPull();
    Path second = lab.beta.root.resolve("second");
    assertThat(inode(second)).isEqualTo(inode(copy));
    assertThat(Files.mismatch(second, original)).isEqualTo(-1);
  }

  @Test
  void aFileWithASecondNameIsNotPatched() throws IOException {
    Path elsewhere = lab.home.resolve("elsewhere");
    Files.createLink(elsewhere, copy);
    byte[] before = Files.readAllBytes(elsewhere);
    lab.beta.reopen(Effects.NONE);
    write(original, 5L * BLOCK, noise(BLOCK));
    assertThat(lab.beta.pullFrom(lab.alpha)).isNotInstanceOf(SyncResult.Failed.class);
    assertThat(Files.mismatch(original, copy)).isEqualTo(-1);
    assertThat(Files.readAllBytes(elsewhere)).isEqualTo(before);
  }

  @Test
  void whatACutRunBroughtOfALargeFileIsNotSentAgain() throws IOException {
    Path other = lab.alpha.root.resolve("other");
    Files.write(other, noise(4 * SIZE));
    ServerSocket cutting = cutAfter(200L * BLOCK); // parts that were still in memory are lost
    SyncResult cut =
        lab.beta
            .engine()
            .pull(
                SyncLab.DATASET,
                () -> SyncLab.connect(cutting.getLocalPort()),
                PullOptions.USUAL,
                progress -> {});
    assertThat(cut).isInstanceOf(SyncResult.Failed.class);
    cutting.close();
    lab.beta.reopen(Effects.NONE);
    SyncResult again = lab.beta.pullFrom(lab.alpha);
    assertThat(again).isInstanceOf(SyncResult.Done.class);
    assertThat(again.run().wireBytes()).isLessThan(120L * BLOCK);
    assertThat(Files.mismatch(other, lab.beta.root.resolve("other"))).isEqualTo(-1);
  }

  /** Passes everything on to alpha, and after so many bytes to beta cuts the connection. */
  private ServerSocket cutAfter(long bytes) throws IOException {
    ServerSocket alpha = lab.alpha.server();
    ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              try (Socket near = server.accept();
                  Socket far = new Socket(InetAddress.getLoopbackAddress(), alpha.getLocalPort())) {
                Thread.ofPlatform().daemon().start(() -> pass(near, far));
                byte[] part = new byte[8192];
                long left = bytes;
                while (left > 0) {
                  int read = far.getInputStream().read(part);
                  if (read < 0) {
                    break;
                  }
                  near.getOutputStream().write(part, 0, read);
                  left -= read;
                }
              } catch (IOException failed) {
                throw new UncheckedIOException(failed);
              }
            });
    return server;
  }

  private static void pass(Socket from, Socket to) {
    try {
      from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException cut) {
      assertThat(cut).hasMessageContaining("losed");
    }
  }
}
