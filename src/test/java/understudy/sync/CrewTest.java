package understudy.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import understudy.linux.Directory;
import understudy.linux.OpenFile;

/** What waits for a slow disk is bounded, however large the files are. */
class CrewTest {
  private static final int FILES = 64;
  private static final int PARTS_OF_A_FILE = 8;
  private static final long ROOM_BYTES = 8 << 20;
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  @TempDir Path directory;

  private final AtomicLong handedOver = new AtomicLong();
  private final AtomicLong written = new AtomicLong();
  private final CountDownLatch disk = new CountDownLatch(1);

  @Test
  void partsOfManyFilesTakeNoMoreMemoryThanThereIsRoomFor() throws Exception {
    try (Directory place = Directory.open(directory);
        Crew crew = new Crew(place, new RecentContent(), Effects.NONE)) {
      CompletableFuture<Void> reader = CompletableFuture.runAsync(() -> readAll(crew));
      awaitStandstill();

      assertThat(handedOver.get()).isPositive().isLessThanOrEqualTo(ROOM_BYTES);
      assertThat(reader).isNotDone();

      disk.countDown();
      reader.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      crew.await();
      assertThat(written.get()).isEqualTo((long) FILES * PARTS_OF_A_FILE * OpenFile.CHUNK_BYTES);
      crew.reserve(Integer.MAX_VALUE); // all of the room is free again
    }
  }

  @Test
  void whatIsNotWantedTakesNoRoom() throws Exception {
    try (Directory place = Directory.open(directory);
        Crew crew = new Crew(place, new RecentContent(), Effects.NONE)) {
      for (int file = 0; file < FILES; file++) {
        Delivery delivery = new Delivery(crew, part -> {});
        crew.give(_ -> delivery.end(), 0);
        deliver(delivery);
      }
      crew.await();

      crew.reserve(Integer.MAX_VALUE);
    }
  }

  private void readAll(Crew crew) {
    try {
      for (int file = 0; file < FILES; file++) {
        Delivery delivery = new Delivery(crew, part -> {});
        crew.give(_ -> write(delivery), 0);
        deliver(delivery);
      }
    } catch (IOException failed) {
      throw new AssertionError(failed);
    }
  }

  private void deliver(Delivery delivery) throws IOException {
    for (int part = 0; part < PARTS_OF_A_FILE; part++) {
      delivery.put(Optional.of(new byte[OpenFile.CHUNK_BYTES]));
      handedOver.addAndGet(OpenFile.CHUNK_BYTES);
    }
    delivery.put(Optional.empty());
  }

  private void write(Delivery delivery) throws IOException {
    try {
      if (!disk.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new IOException("the disk never came back");
      }
    } catch (InterruptedException stopped) {
      throw new IOException(stopped);
    }
    for (Optional<byte[]> part = delivery.next(); part.isPresent(); part = delivery.next()) {
      written.addAndGet(part.get().length);
      delivery.done(part.get());
    }
    delivery.end();
  }

  /** Until nothing more is handed over for half a second. */
  private void awaitStandstill() throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    long before = -1;
    while (before != handedOver.get() || before == 0) {
      assertThat(System.nanoTime()).isLessThan(end);
      before = handedOver.get();
      TimeUnit.MILLISECONDS.sleep(500);
    }
  }
}
