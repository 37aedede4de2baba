package understudy.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;
import understudy.time.Clock;
import understudy.time.Moment;

/** What is compressed on its way and what is not, and that it always arrives. */
class PackingTest {
  private static final int MIB = 1 << 20;
  private static final byte[] TEXT =
      "what a service writes into its log, line after line\n"
          .repeat(MIB / 8)
          .substring(0, 5 * MIB)
          .getBytes(StandardCharsets.US_ASCII);

  /** A line that takes so many bytes a second; its time passes only when it is written to. */
  private static class Line extends OutputStream implements Clock {
    private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
    private final long bytesPerSecond;
    private Moment now = new Moment(0);

    Line(long bytesPerSecond) {
      this.bytesPerSecond = bytesPerSecond;
    }

    @Override
    public void write(int one) {
      throw new AssertionError("block by block");
    }

    @Override
    public void write(byte[] bytes, int from, int count) {
      taken.write(bytes, from, count);
      pass(Duration.ofNanos(count * 1_000_000_000L / bytesPerSecond));
    }

    final void pass(Duration time) {
      now = now.plus(time);
    }

    @Override
    public Moment now() {
      return now;
    }

    @Override
    public Instant wall() {
      return Instant.EPOCH;
    }

    byte[] arrived() throws IOException {
      return new Unpacking(new ByteArrayInputStream(taken.toByteArray())).readAllBytes();
    }
  }

  /** Takes so many bytes a second as they are after unpacking, however small they come. */
  private static final class BusyReceiver extends Line {
    private final long bytesPerSecond;

    BusyReceiver(long bytesPerSecond) {
      super(Long.MAX_VALUE);
      this.bytesPerSecond = bytesPerSecond;
    }

    @Override
    public void write(byte[] bytes, int from, int count) {
      super.write(bytes, from, count);
      ByteBuffer block = ByteBuffer.wrap(bytes, from, count);
      int header = block.getInt();
      long plain = (header & Packing.COMPRESSED) == 0 ? header : block.getInt();
      pass(Duration.ofNanos(plain * 1_000_000_000L / bytesPerSecond));
    }
  }

  private static Line sent(byte[] content, long bytesPerSecond) throws IOException {
    return sent(content, new Line(bytesPerSecond));
  }

  private static Line sent(byte[] content, Line line) throws IOException {
    Packing packing = new Packing(line, line);
    for (int at = 0; at < content.length; at += 10_000) {
      packing.write(content, at, Math.min(10_000, content.length - at));
    }
    packing.flush();
    assertThat(packing.sentBytes()).isEqualTo(line.taken.size());
    return line;
  }

  @Test
  void textIsCompressedOnceALineIsSeenToBeSlow() throws IOException {
    Line line = sent(TEXT, 12_000_000);
    assertThat(line.taken.size()).isLessThan(2 * MIB);
    assertThat(line.arrived()).isEqualTo(TEXT);
  }

  @Test
  void nothingIsCompressedOnAFastLine() throws IOException {
    Line line = sent(TEXT, 400_000_000);
    assertThat(line.taken.size()).isGreaterThan(5 * MIB);
    assertThat(line.arrived()).isEqualTo(TEXT);
  }

  @Test
  void whatDoesNotShrinkGoesAsItIs() throws IOException {
    byte[] random = new byte[5 * MIB];
    new Random(1).nextBytes(random);
    Line line = sent(random, 12_000_000);
    assertThat(line.taken.size()).isBetween(5 * MIB, 5 * MIB + 1000);
    assertThat(line.arrived()).isEqualTo(random);
  }

  @Test
  void compressionThatMakesNothingFasterIsGivenUp() throws IOException {
    byte[] much = new byte[20 * TEXT.length];
    for (int at = 0; at < much.length; at += TEXT.length) {
      System.arraycopy(TEXT, 0, much, at, TEXT.length);
    }
    assertThat(sent(much, 20_000_000).taken.size()).isLessThan(much.length / 10);
    Line receiver = sent(much, new BusyReceiver(20_000_000));
    assertThat(receiver.taken.size()).isGreaterThan(much.length / 4);
    assertThat(receiver.arrived()).isEqualTo(much);
  }

  @Test
  void aBlockThatClaimsTooMuchIsRefused() throws IOException {
    byte[] plain = {0, 4, 0, 1, 7};
    assertThatThrownBy(() -> new Unpacking(new ByteArrayInputStream(plain)).readAllBytes())
        .hasMessageContaining("262145 bytes, allowed are 262144");
    byte[] bomb = {(byte) 0x80, 0, 0, 1, 0x10, 0, 0, 0, 7};
    assertThatThrownBy(() -> new Unpacking(new ByteArrayInputStream(bomb)).readAllBytes())
        .hasMessageContaining("allowed are 262144");
  }

  @Test
  void aChangedByteOfACompressedBlockIsNeverTakenForAnotherLength() throws IOException {
    byte[] whole = sent(TEXT, 12_000_000).taken.toByteArray();
    Random random = new Random(2);
    for (int round = 0; round < 200; round++) {
      byte[] wrong = whole.clone();
      wrong[wrong.length - 1 - random.nextInt(10_000)] ^= (byte) (1 << random.nextInt(8));
      try {
        byte[] arrived = new Unpacking(new ByteArrayInputStream(wrong)).readAllBytes();
        assertThat(arrived).hasSize(TEXT.length);
      } catch (IOException refused) {
        assertThat(refused).hasMessageContaining("peer").isNotNull();
      }
    }
  }
}
