package understudy.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import understudy.failover.Durable;
import understudy.failover.NodeName;
import understudy.failover.Term;
import understudy.store.NodeStore.Remembered;

class FileNodeStoreTest {
  private static final Durable RICH =
      new Durable(
          new Term(7),
          new Term(6),
          false,
          Optional.of(new Durable.Offer(3, new NodeName("beta"), new Term(7))),
          Optional.of(
              new Durable.Pause(Optional.of(Instant.parse("2026-11-21T08:00:00Z")), "disk swap")),
          true,
          Optional.of(new Durable.Vote(new Term(7), Optional.empty())),
          Optional.of(
              new Durable.Pinned(new NodeName("beta"), Instant.parse("2026-11-21T09:00:00Z"))),
          new Term(5),
          new Term(7));

  @TempDir Path directory;

  @Test
  void remembersNothingAtFirst() throws IOException {
    assertThat(new FileNodeStore(directory).load()).isEqualTo(new Remembered.Nothing());
  }

  @Test
  void remembersEverythingItSaved() throws IOException {
    new FileNodeStore(directory).save(Durable.FRESH);
    new FileNodeStore(directory).save(RICH);

    assertThat(new FileNodeStore(directory).load()).isEqualTo(new Remembered.Everything(RICH));
  }

  @Test
  void everyFlippedByteIsNoticed() throws IOException {
    var store = new FileNodeStore(directory);
    store.save(RICH);
    Path file = directory.resolve("failover.state");
    byte[] good = Files.readAllBytes(file);
    for (int i = 0; i < good.length; i++) {
      byte[] bad = good.clone();
      bad[i] ^= 0x11;
      Files.write(file, bad);
      assertThat(store.load()).as("byte %d", i).isInstanceOf(Remembered.Damaged.class);
    }
  }

  @Test
  void everyTruncationIsNoticed() throws IOException {
    var store = new FileNodeStore(directory);
    store.save(RICH);
    Path file = directory.resolve("failover.state");
    byte[] good = Files.readAllBytes(file);
    for (int length = 0; length < good.length; length++) {
      Files.write(file, java.util.Arrays.copyOf(good, length));
      assertThat(store.load()).as("%d bytes", length).isInstanceOf(Remembered.Damaged.class);
    }
  }

  @Test
  void aCrashBetweenWriteAndRenameKeepsTheFormerValue() throws IOException {
    var store = new FileNodeStore(directory);
    store.save(RICH);
    Files.writeString(directory.resolve("failover.state.new"), "half a li");

    assertThat(store.load()).isEqualTo(new Remembered.Everything(RICH));
  }
}
