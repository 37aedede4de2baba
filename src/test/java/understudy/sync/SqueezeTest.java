package understudy.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import org.junit.jupiter.api.Test;
import understudy.time.Moment;

/** When compression is tried, kept up and given up, over lines and receivers of known speed. */
class SqueezeTest {
  private static final int BLOCK_BYTES = 256 << 10;
  private static final int BLOCKS = 16_384; // 4 GiB
  private static final int NEVER_SLOW = Integer.MAX_VALUE;

  /**
   * What lies between the sender and the other side's disk: a line of so many bytes a second, and
   * behind buffers of so many bytes a receiver that takes so many a second, counted unpacked.
   */
  private record Way(long lineBytesPerSecond, long bufferBytes, long receiverBytesPerSecond) {}

  private record Underway(int sent, Moment takenAt) {}

  /** Sends blocks; those that are squeezed shrink to that share. Its time passes only here. */
  private static final class Sender {
    private final Squeeze squeeze = new Squeeze();
    private final ArrayDeque<Underway> buffered = new ArrayDeque<>();
    private Moment now = new Moment(0);
    private Moment receiverIsFree = now;
    private long bufferedBytes;
    private int squeezed;

    Sender send(int blocks, double share, Way way) {
      for (int block = 0; block < blocks; block++) {
        boolean isTried = squeeze.isWorthTrying();
        int sent = isTried ? (int) (BLOCK_BYTES * share) : BLOCK_BYTES;
        if (isTried) {
          squeezed++;
          squeeze.tried(share < 0.875);
        }
        Moment start = now;
        put(sent, way);
        squeeze.sent(BLOCK_BYTES, sent, start, now);
      }
      return this;
    }

    private void put(int sent, Way way) {
      now = now.plus(time(sent, way.lineBytesPerSecond()));
      while (!buffered.isEmpty() && bufferedBytes + sent > way.bufferBytes()) {
        Underway oldest = buffered.remove();
        bufferedBytes -= oldest.sent();
        now = Moment.laterOf(now, oldest.takenAt());
      }
      receiverIsFree =
          Moment.laterOf(now, receiverIsFree).plus(time(BLOCK_BYTES, way.receiverBytesPerSecond()));
      buffered.add(new Underway(sent, receiverIsFree));
      bufferedBytes += sent;
    }

    private static Duration time(long bytes, long bytesPerSecond) {
      return Duration.ofNanos(bytes * 1_000_000_000L / bytesPerSecond);
    }
  }

  private static Way line(long bytesPerSecond) {
    return new Way(bytesPerSecond, 4 << 20, NEVER_SLOW);
  }

  private static Way busyReceiver(long bufferBytes) {
    return new Way(NEVER_SLOW, bufferBytes, 60_000_000);
  }

  @Test
  void whatGoesOverASlowLineIsSqueezedButForALookNowAndThen() {
    for (long rate : new long[] {200_000, 1_000_000, 12_000_000, 60_000_000}) {
      assertThat(new Sender().send(BLOCKS, 0.4, line(rate)).squeezed)
          .as("blocks at %d bytes a second", rate)
          .isGreaterThan(BLOCKS * 9 / 10);
    }
  }

  @Test
  void aBusyReceiverIsSoonSentPlainBlocksAgainWhateverTheBuffersHold() {
    for (long buffer : new long[] {1 << 18, 4 << 20, 8 << 20}) {
      assertThat(new Sender().send(BLOCKS, 0.4, busyReceiver(buffer)).squeezed)
          .as("blocks with a buffer of %d bytes", buffer)
          .isPositive()
          .isLessThan(BLOCKS / 6);
    }
  }

  @Test
  void aReceiverThatWasColdAtFirstIsNotTakenForASlowLineForLong() {
    Way cold = new Way(NEVER_SLOW, 4 << 20, 7_000_000);
    Sender sender = new Sender().send(30, 0.4, cold);
    assertThat(sender.send(BLOCKS, 0.4, busyReceiver(4 << 20)).squeezed).isLessThan(BLOCKS / 6);
  }

  @Test
  void aReceiverThatBecomesFasterByItselfIsNotTakenForWhatCompressionBrings() {
    Sender sender = new Sender();
    for (int step = 0; step < 64; step++) { // 16 MiB each, from 10 to 73 MB/s
      sender.send(64, 0.4, new Way(NEVER_SLOW, 4 << 20, 10_000_000 + step * 1_000_000L));
    }
    assertThat(sender.squeezed).isLessThan(64 * 64 / 4);
  }

  @Test
  void nothingIsSqueezedForAFastLine() {
    assertThat(new Sender().send(BLOCKS, 0.4, line(400_000_000)).squeezed).isZero();
  }

  @Test
  void aLineThatBecomesSlowIsNoticedAfterCompressionWasGivenUp() {
    Sender sender = new Sender().send(BLOCKS, 0.4, busyReceiver(4 << 20));
    int before = sender.squeezed;
    assertThat(sender.send(BLOCKS, 0.4, line(10_000_000)).squeezed - before)
        .isGreaterThan(BLOCKS * 3 / 4);
  }

  @Test
  void whatDoesNotShrinkIsTriedRarelyAndDoesNotEndTheTrying() {
    Sender sender = new Sender().send(BLOCKS, 1, line(10_000_000));
    assertThat(sender.squeezed).isBetween(1, BLOCKS / 50);
    int before = sender.squeezed;
    assertThat(sender.send(BLOCKS, 0.4, line(10_000_000)).squeezed - before)
        .isGreaterThan(BLOCKS * 9 / 10);
  }
}
