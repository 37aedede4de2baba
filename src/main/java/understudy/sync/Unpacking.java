package understudy.sync;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** Reads what {@link Packing} wrote. Whatever a peer claims, a block is no larger than one. */
final class Unpacking extends InputStream {
  private final InputStream in;
  private final byte[] number = new byte[Integer.BYTES];
  private byte[] packed = new byte[0];
  private byte[] unpacked = new byte[0];
  private int at;
  private int end;
  private int plainLeft;
  private long receivedBytes;

  Unpacking(InputStream in) {
    this.in = in;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int from, int count) throws IOException {
    if (count == 0) {
      return 0;
    }
    if (plainLeft == 0 && at == end && !hasNext()) {
      return -1;
    }
    if (plainLeft > 0) {
      int read = in.read(into, from, Math.min(count, plainLeft));
      if (read < 0) {
        throw cut();
      }
      plainLeft -= read;
      receivedBytes += read;
      return read;
    }
    int part = Math.min(count, end - at);
    System.arraycopy(unpacked, at, into, from, part);
    at += part;
    return part;
  }

  /** What came so far, as it came. */
  long receivedBytes() {
    return receivedBytes;
  }

  /** Begins the next block; false where the stream ends instead. */
  private boolean hasNext() throws IOException {
    int first = in.readNBytes(number, 0, number.length);
    if (first == 0) {
      return false;
    }
    if (first < number.length) {
      throw cut();
    }
    receivedBytes += number.length;
    int header = number();
    int length = checked(header & ~Packing.COMPRESSED);
    if ((header & Packing.COMPRESSED) == 0) {
      plainLeft = length;
    } else {
      unpack(length);
    }
    return true;
  }

  private void unpack(int length) throws IOException {
    if (in.readNBytes(number, 0, number.length) < number.length) {
      throw cut();
    }
    int size = checked(number());
    packed = withRoom(packed, length);
    unpacked = withRoom(unpacked, size);
    if (in.readNBytes(packed, 0, length) < length) {
      throw cut();
    }
    try {
      if (Zstd.decompressByteArray(unpacked, 0, size, packed, 0, length) != size) {
        throw new IOException("the peer sent a compressed block of another length than it said");
      }
    } catch (ZstdException nonsense) {
      throw new IOException("the peer sent a compressed block that is none", nonsense);
    }
    receivedBytes += number.length + length;
    at = 0;
    end = size;
  }

  /** What it held is not kept. */
  private static byte[] withRoom(byte[] bytes, int count) {
    int most = Packing.MOST_BYTES;
    return bytes.length >= count ? bytes : new byte[count > most / 4 ? most : 2 * count];
  }

  private int number() {
    return (number[0] & 0xff) << 24
        | (number[1] & 0xff) << 16
        | (number[2] & 0xff) << 8
        | (number[3] & 0xff);
  }

  private static int checked(int length) throws IOException {
    if (length < 1 || length > Packing.MOST_BYTES) {
      throw new IOException(
          "the peer sent a block of %d bytes, allowed are %d"
              .formatted(length, Packing.MOST_BYTES));
    }
    return length;
  }

  private static EOFException cut() {
    return new EOFException("the connection was cut");
  }
}
