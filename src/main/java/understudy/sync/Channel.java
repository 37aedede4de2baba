package understudy.sync;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import understudy.linux.OpenFile;
import understudy.sync.plan.ByteReader;
import understudy.sync.plan.Bytes;
import understudy.sync.plan.TreeCode;
import understudy.time.Clock;

/**
 * Frames on a stream, which goes in blocks ({@link Packing}): kind (1 byte), length (4), payload.
 * What the peer claims is bounded before memory is taken for it. Not for use by two threads at
 * once.
 */
final class Channel {
  /** The largest payload of any frame: one directory, and some room. */
  static final int LARGEST_BYTES = TreeCode.LARGEST_BYTES + 1024;

  /** The largest payload of a frame that is no directory. */
  static final int USUAL_BYTES = 4 << 20;

  /** Up to this, memory is taken for what a frame claims to have. */
  private static final int TRUSTED_BYTES = 256 << 10;

  private static final int BUFFER_BYTES = 16 << 10;
  private static final int MOST_SPARE = 32;

  /** What a frame is. */
  enum Kind {
    HELLO(1),
    OFFER(2),
    REFUSED(3),
    WORKING(4),
    WANT_TREES(5),
    TREE(6),
    WANT_FILES(7),
    PART(8),
    LAST_PART(9),
    UNAVAILABLE(10),
    WANT_BLOCKS(11),
    BLOCK(12),
    LAST_BLOCK(13),
    AWAIT(31),
    LOOK_AGAIN(32);

    private final int code;

    Kind(int code) {
      this.code = code;
    }

    private static Kind of(int code) throws IOException {
      for (Kind kind : values()) {
        if (kind.code == code) {
          return kind;
        }
      }
      throw new IOException("the peer sent a frame of unknown kind " + code);
    }
  }

  /** One frame. */
  record Frame(Kind kind, Bytes payload) {
    ByteReader reader() {
      return new ByteReader(payload.bytes());
    }
  }

  private final Unpacking unpacking;
  private final BufferedInputStream in;
  private final Packing out;
  private final ArrayBlockingQueue<byte[]> spare = new ArrayBlockingQueue<>(MOST_SPARE);

  Channel(InputStream in, OutputStream out, Clock clock) {
    this.unpacking = new Unpacking(in);
    this.in = new BufferedInputStream(unpacking, BUFFER_BYTES);
    this.out = new Packing(out, clock);
  }

  void send(Kind kind, byte[] payload) throws IOException {
    send(kind, payload, payload.length);
  }

  void send(Kind kind, byte[] payload, int length) throws IOException {
    out.write(kind.code);
    out.write(length >>> 24);
    out.write(length >>> 16);
    out.write(length >>> 8);
    out.write(length);
    out.write(payload, 0, length);
  }

  void flush() throws IOException {
    out.flush();
  }

  /** The next frame; empty when the peer closed the stream between two. */
  Optional<Frame> next() throws IOException {
    int code = in.read();
    if (code < 0) {
      return Optional.empty();
    }
    Kind kind = Kind.of(code);
    int length = length();
    int limit = kind == Kind.TREE ? LARGEST_BYTES : USUAL_BYTES;
    if (length < 0 || length > limit) {
      throw new IOException("the peer sent a frame of " + length + " bytes, allowed are " + limit);
    }
    byte[] payload = payload(length);
    return Optional.of(new Frame(kind, new Bytes(payload)));
  }

  private int length() throws IOException {
    int length = 0;
    for (int at = 0; at < Integer.BYTES; at++) {
      int next = in.read();
      if (next < 0) {
        throw cut();
      }
      length = length << 8 | next;
    }
    return length;
  }

  private byte[] payload(int length) throws IOException {
    if (length > TRUSTED_BYTES) { // memory comes as the bytes do
      byte[] large = in.readNBytes(length);
      if (large.length < length) {
        throw cut();
      }
      return large;
    }
    byte[] known = length == OpenFile.CHUNK_BYTES ? spare.poll() : null;
    byte[] payload = known == null ? new byte[length] : known;
    if (in.readNBytes(payload, 0, length) < length) {
      throw cut();
    }
    return payload;
  }

  /** What a part of a large file came in, and nobody looks at any more. From any thread. */
  void giveBack(byte[] payload) {
    if (payload.length == OpenFile.CHUNK_BYTES) {
      boolean _ = spare.offer(payload);
    }
  }

  private static EOFException cut() {
    return new EOFException("the connection was cut");
  }

  /** As {@link #next}, where the peer owes a frame. */
  Frame required() throws IOException {
    return next().orElseThrow(Channel::cut);
  }

  /** Bytes sent and received so far, as they went over the line but for its encryption. */
  long movedBytes() {
    return out.sentBytes() + unpacking.receivedBytes();
  }
}
