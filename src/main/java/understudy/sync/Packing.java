package understudy.sync;

import com.github.luben.zstd.Zstd;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import understudy.time.Clock;
import understudy.time.Moment;

/**
 * Gathers what is written into blocks: length (4 bytes, the highest bit says that it is compressed)
 * and, of a compressed one, the length it had before (4), then the bytes. Each block goes out in
 * one piece. For one thread.
 */
final class Packing extends OutputStream {
  /** What a block holds at most. */
  static final int MOST_BYTES = 256 << 10;

  static final int COMPRESSED = 1 << 31;
  private static final int PLAIN_HEADER_BYTES = 4;
  private static final int PACKED_HEADER_BYTES = 8;
  private static final int SMALLEST_BYTES = 512;
  private static final int FIRST_BYTES = 8 << 10;

  /** The fastest level: a line of 100 MB/s still waits for none of it. */
  private static final int LEVEL = 1;

  /** Where a block is looked at to tell whether it is of a hole. */
  private static final int SAMPLES = 64;

  private final OutputStream out;
  private final Clock clock;
  private final Squeeze squeeze = new Squeeze();
  private byte[] plain = new byte[PLAIN_HEADER_BYTES + FIRST_BYTES];
  private byte[] packed = new byte[0];
  private int filled = PLAIN_HEADER_BYTES;
  private long sentBytes;

  Packing(OutputStream out, Clock clock) {
    this.out = out;
    this.clock = clock;
  }

  /** What went out so far, as it went. */
  long sentBytes() {
    return sentBytes;
  }

  @Override
  public void write(int one) throws IOException {
    makeRoom(1);
    plain[filled++] = (byte) one;
  }

  @Override
  public void write(byte[] bytes, int from, int count) throws IOException {
    int done = 0;
    while (done < count) {
      makeRoom(count - done);
      int part = Math.min(count - done, plain.length - filled);
      System.arraycopy(bytes, from + done, plain, filled, part);
      filled += part;
      done += part;
    }
  }

  /**
   * For as much of it as one block takes: a run with little to say, the usual one, needs little.
   */
  private void makeRoom(int count) throws IOException {
    int most = PLAIN_HEADER_BYTES + MOST_BYTES;
    if (filled == most) {
      send();
    }
    if (plain.length < most && plain.length - filled < count) {
      long wanted = Math.max((long) filled + count, 2L * plain.length);
      plain = Arrays.copyOf(plain, (int) Math.min(wanted, most));
    }
  }

  @Override
  public void flush() throws IOException {
    send();
    out.flush();
    squeeze.rest();
  }

  private void send() throws IOException {
    int length = filled - PLAIN_HEADER_BYTES;
    if (length == 0) {
      return;
    }
    filled = PLAIN_HEADER_BYTES;
    boolean isTried = length >= SMALLEST_BYTES && (isHollow(length) || squeeze.isWorthTrying());
    int shrunk = isTried ? compressed(length) : 0;
    if (shrunk > 0) {
      number(packed, 0, shrunk | COMPRESSED);
      number(packed, PLAIN_HEADER_BYTES, length);
      send(packed, PACKED_HEADER_BYTES + shrunk, length);
    } else {
      number(plain, 0, length);
      send(plain, PLAIN_HEADER_BYTES + length, length);
    }
  }

  private void send(byte[] bytes, int count, int plainBytes) throws IOException {
    Moment start = clock.now();
    out.write(bytes, 0, count);
    squeeze.sent(plainBytes, count, start, clock.now());
    sentBytes += count;
  }

  /** How many bytes of it lie in the other buffer; 0 when it is hardly smaller. */
  private int compressed(int length) {
    int room = PACKED_HEADER_BYTES + (int) Zstd.compressBound(length);
    if (packed.length < room) {
      packed = new byte[room];
    }
    long shrunk =
        Zstd.compressByteArray(
            packed,
            PACKED_HEADER_BYTES,
            packed.length - PACKED_HEADER_BYTES,
            plain,
            PLAIN_HEADER_BYTES,
            length,
            LEVEL);
    boolean hasShrunk = shrunk < length - length / 8;
    squeeze.tried(hasShrunk);
    return hasShrunk ? (int) shrunk : 0;
  }

  /** Zeros wherever it is looked at: what a hole reads as shrinks to nothing on any line. */
  private boolean isHollow(int length) {
    for (int sample = 0; sample < SAMPLES; sample++) {
      if (plain[PLAIN_HEADER_BYTES + (int) ((sample + 0.5) * length / SAMPLES)] != 0) {
        return false;
      }
    }
    return true;
  }

  private static void number(byte[] bytes, int at, int number) {
    bytes[at] = (byte) (number >>> 24);
    bytes[at + 1] = (byte) (number >>> 16);
    bytes[at + 2] = (byte) (number >>> 8);
    bytes[at + 3] = (byte) number;
  }
}
