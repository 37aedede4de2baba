package understudy.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Files that cannot be had as they should: the standby keeps the last good version and says so. */
class SyncProblemsTest {
  private SyncLab lab;
  private final AtomicBoolean isOver = new AtomicBoolean();

  @BeforeEach
  void open() throws IOException {
    lab = new SyncLab();
  }

  @AfterEach
  void close() throws IOException {
    isOver.set(true);
    lab.close();
  }

  private Thread writing(Path file, boolean isAppending) {
    return Thread.ofPlatform()
        .start(
            () -> {
              try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
                for (int at = 0; !isOver.get(); at++) {
                  open.seek(isAppending ? open.length() : 0);
                  open.write(at);
                }
              } catch (IOException failed) {
                throw new AssertionError(failed);
              }
            });
  }

  @Test
  void aFileThatChangesWhileItIsReadKeepsItsLastGoodVersion() throws Exception {
    Path busy = lab.alpha.root.resolve("busy");
    Files.write(busy, new byte[8_000_000]);
    Files.writeString(lab.alpha.root.resolve("calm"), "1");
    assertThat(lab.beta.pullFrom(lab.alpha)).isInstanceOf(SyncResult.Done.class);
    Files.writeString(lab.alpha.root.resolve("calm"), "2");
    Thread writer = writing(busy, false);
    Path copy = lab.beta.root.resolve("busy");
    byte[] lastGood = Files.readAllBytes(copy);
    SyncResult result = lab.beta.pullFrom(lab.alpha);
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!(result instanceof SyncResult.DoneWithProblems) && System.nanoTime() < deadline) {
      lastGood = Files.readAllBytes(copy); // the writer had paused: a whole state was read
      result = lab.beta.pullFrom(lab.alpha);
    }

    isOver.set(true);
    writer.join();
    assertThat(result).isInstanceOf(SyncResult.DoneWithProblems.class);
    SyncResult.DoneWithProblems problems = (SyncResult.DoneWithProblems) result;
    assertThat(problems.problems())
        .containsExactly("'busy' changed while it was read at the source");
    assertThat(Files.readAllBytes(copy)).isEqualTo(lastGood);
    assertThat(lab.beta.root.resolve("calm")).hasContent("2");
    assertThat(lab.beta.engine().heads().getFirst().problems()).isEqualTo(1);

    assertThat(lab.beta.pullFrom(lab.alpha)).isInstanceOf(SyncResult.Done.class);
    assertThat(TreePicture.of(lab.beta.root).differencesTo(TreePicture.of(lab.alpha.root)))
        .isEmpty();
  }

  @Test
  void aFileThatOnlyGrowsArrivesAsItWasAtOneMoment() throws Exception {
    Path log = lab.alpha.root.resolve("log");
    Files.write(log, new byte[4_000_000]);
    Thread writer = writing(log, true);

    SyncResult result = lab.beta.pullFrom(lab.alpha);

    isOver.set(true);
    writer.join();
    assertThat(result).isInstanceOf(SyncResult.Done.class);
    byte[] copy = Files.readAllBytes(lab.beta.root.resolve("log"));
    byte[] whole = Files.readAllBytes(log);
    assertThat(copy.length).isBetween(4_000_000, whole.length);
    assertThat(java.util.Arrays.equals(copy, 0, copy.length, whole, 0, copy.length)).isTrue();
  }

  @Test
  void aSameSizeEditWithItsOldTimePutBackIsNotMissed() throws IOException {
    Path file = lab.alpha.root.resolve("file");
    Files.writeString(file, "one");
    long settled = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(200);
    while (System.nanoTime() < settled) {
      Thread.onSpinWait(); // only a file that rested for a while is trusted by its times
    }
    lab.beta.pullFrom(lab.alpha);
    var time = Files.getLastModifiedTime(file);
    Files.writeString(file, "two", StandardOpenOption.WRITE);
    Files.setLastModifiedTime(file, time);
    lab.beta.pullFrom(lab.alpha);
    assertThat(lab.beta.root.resolve("file")).hasContent("two");
  }

  @Test
  void aVeryBusySmallFileArrivesAsItWasCaptured() throws Exception {
    Path counter = lab.alpha.root.resolve("counter");
    Files.writeString(counter, "0");
    Thread writer =
        Thread.ofPlatform()
            .start(
                () -> {
                  for (int at = 0; !isOver.get(); at++) {
                    try {
                      Path fresh = lab.home.resolve("fresh");
                      Files.writeString(fresh, "count " + at);
                      Files.move(fresh, counter, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
                    } catch (IOException failed) {
                      throw new AssertionError(failed);
                    }
                  }
                });
    for (int round = 0; round < 10; round++) {
      assertThat(lab.beta.pullFrom(lab.alpha))
          .isInstanceOfAny(
              SyncResult.Done.class, SyncResult.DoneWithProblems.class, SyncResult.Unchanged.class);
      assertThat(Files.readString(lab.beta.root.resolve("counter"))).matches("0|count \\d+");
    }
    isOver.set(true);
    writer.join();
  }
}
