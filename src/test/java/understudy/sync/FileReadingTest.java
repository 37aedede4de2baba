package understudy.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import understudy.linux.Directory;
import understudy.sync.plan.ContentHash;
import understudy.sync.plan.Entry;
import understudy.sync.plan.Hash;
import understudy.time.SystemClock;

/** What a reader makes of a file that is written to between two of its reads. */
class FileReadingTest {
  private static final int SIZE = 600_000;

  @TempDir Path home;
  private Path file;

  @BeforeEach
  void write() throws IOException {
    file = home.resolve("file");
    Files.write(file, new byte[SIZE]);
  }

  private interface Meddling {
    void at(int chunk) throws IOException;
  }

  private FileReading.Outcome read(Meddling meddling) throws IOException {
    Scanning scanning =
        new Scanning() {
          private int chunk;

          @Override
          void report(long seenEntries, long readSoFarBytes) throws IOException {
            meddling.at(chunk++);
          }
        };
    try (Directory directory = Directory.open(home)) {
      return new FileReading(new SystemClock(), new RecentContent(), scanning)
          .read(directory, Reserved.ascii("file"));
    }
  }

  private void put(long at, int value) throws IOException {
    try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
      open.seek(at);
      open.write(value);
    }
  }

  private static Hash hash(byte[] content) {
    ContentHash hash = new ContentHash(content.length);
    hash.update(content, 0, content.length);
    return hash.finish();
  }

  @Test
  void neverSettlesWhileEveryReadingIsDisturbed() throws IOException {
    FileReading.Outcome outcome = read(chunk -> put(0, chunk + 1));
    assertThat(outcome).isEqualTo(new FileReading.Outcome.Withheld(Entry.Withheld.Reason.CHANGING));
  }

  @Test
  void takesTheStateAfterOneDisturbance() throws IOException {
    FileReading.Outcome outcome =
        read(
            chunk -> {
              if (chunk == 2) {
                put(0, 9); // already read
                put(SIZE - 1, 9); // not yet: a torn state
              }
            });
    assertThat(outcome).isInstanceOf(FileReading.Outcome.Read.class);
    FileReading.Outcome.Read read = (FileReading.Outcome.Read) outcome;
    assertThat(read.content()).isEqualTo(hash(Files.readAllBytes(file)));
    assertThat(read.isSettled()).isFalse();
  }

  @Test
  void takesAGrowingFileAtItsFirstLength() throws IOException {
    long[] end = {SIZE};
    FileReading.Outcome outcome = read(chunk -> put(end[0]++, 7));
    assertThat(outcome).isInstanceOf(FileReading.Outcome.Read.class);
    FileReading.Outcome.Read read = (FileReading.Outcome.Read) outcome;
    assertThat(read.status().sizeBytes()).isEqualTo(SIZE);
    assertThat(read.content()).isEqualTo(hash(Arrays.copyOf(Files.readAllBytes(file), SIZE)));
  }

  @Test
  void aFileThatShrinksIsReadAgainAtItsNewLength() throws IOException {
    FileReading.Outcome outcome =
        read(
            chunk -> {
              if (chunk == 1) {
                Files.write(file, new byte[] {1, 2, 3});
              }
            });
    assertThat(((FileReading.Outcome.Read) outcome).content())
        .isEqualTo(hash(new byte[] {1, 2, 3}));
  }
}
