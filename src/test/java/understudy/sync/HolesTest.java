package understudy.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import understudy.sync.plan.Entry;
import understudy.sync.plan.TreePath;

/** Sparse files: what is not there is not read, hardly sent, and not there on the standby. */
class HolesTest extends TwoTrees {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @Test
  void holesThatArePunchedOrFilledLaterArriveAndTheRestIsNotSentAgain() throws Exception {
    Path image = source.resolve("image");
    Files.write(image, noise(64 * BLOCK));
    pull();
    run(
        "fallocate",
        "--punch-hole",
        "--offset",
        "" + 8 * BLOCK,
        "--length",
        "" + 32 * BLOCK,
        image.toString());
    SyncResult punched = pull();
    assertSame();
    assertThat(punched.run().wireBytes()).isLessThan(BLOCK / 4);
    assertThat(allocated(target.resolve("image"))).isEqualTo(32L * BLOCK);
    write(image, 10L * BLOCK, noise(20 * BLOCK));
    pull();
    assertSame();
    assertThat(allocated(target.resolve("image"))).isEqualTo(52L * BLOCK);
  }

  private static long allocated(Path file) throws Exception {
    return Long.parseLong(run("stat", "-c", "%b", file.toString()).strip()) * 512;
  }

  @Test
  void theZerosOfHolesShrinkToNothingOnEveryLine() throws Exception {
    Path sparse = source.resolve("sparse");
    run("truncate", "-s", "256M", sparse.toString());
    write(sparse, 100L << 20, noise(BLOCK));
    assertThat(pull().run().wireBytes()).isLessThan(8L * BLOCK);
    assertSame();
  }

  @Test
  void aHoleOfATebibyteCostsTheSourceNoReading() throws Exception {
    Path sparse = source.resolve("sparse");
    run("truncate", "-s", "1T", sparse.toString());
    write(sparse, 500L << 30, noise(1 << 20));
    long begun = System.nanoTime();
    lab.alpha.engine().capture(SyncLab.DATASET, SyncLab.TERM);
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(PATIENCE);
  }

  @Test
  void aHoleCountsAsTheZerosThatItReadsAs() throws Exception {
    Path holes = source.resolve("a-holes");
    Path zeros = source.resolve("b-zeros");
    byte[] noise = noise(BLOCK);
    for (Path file : List.of(holes, zeros)) {
      Files.write(file, file.equals(zeros) ? new byte[40 * BLOCK] : new byte[0]);
      write(file, 7L * BLOCK + 100, noise);
      write(file, 40L * BLOCK, new byte[] {1});
    }
    run("fallocate", "--dig-holes", holes.toString());
    run("touch", "-r", holes.toString(), zeros.toString());
    lab.alpha.engine().capture(SyncLab.DATASET, SyncLab.TERM);
    List<Entry> entries =
        lab.alpha
            .engine()
            .locked(
                SyncLab.DATASET,
                dataset -> dataset.index().directory(TreePath.ROOT).orElseThrow().tree().entries());
    assertThat(entries).hasSize(2);
    assertThat(((Entry.File) entries.getFirst()).content())
        .isEqualTo(((Entry.File) entries.getLast()).content());
    pull();
    assertSame();
  }

  @Test
  void aVersionFromBeforeAHoleWasPunchedIsStillToBeHad() throws Exception {
    Path image = source.resolve("image");
    Files.write(image, noise(64 * BLOCK));
    byte[] before = Files.readAllBytes(image);
    pull();
    run("fallocate", "--punch-hole", "--offset", "0", "--length", "" + 8 * BLOCK, image.toString());
    pull();
    assertSame();
    Salvage salvage = lab.beta.engine().salvage(SyncLab.DATASET);
    Undone kept = salvage.list(KeptQuery.all()).getFirst();
    Path restored = lab.home.resolve("restored");
    salvage.restore(new Wanted.Kept(kept.id()), restored, false);
    assertThat(Files.readAllBytes(restored)).isEqualTo(before);
  }
}
