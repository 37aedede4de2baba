package understudy.sync;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;
import understudy.sync.plan.ByteReader;
import understudy.sync.plan.Bytes;
import understudy.sync.plan.TreeCode;

/**
 * Frames on a stream: kind (1 byte), length (4), payload. What the peer claims is bounded before
 * memory is taken for it. Not for use by two threads at once.
 */
final class Channel {
  /** The largest payload of any frame: one directory, and some room. */
  static final int LARGEST_BYTES = TreeCode.LARGEST_BYTES + 1024;

  /** The largest payload of a frame that is no directory. */
  static final int USUAL_BYTES = 4 << 20;

  private static final int BUFFER_BYTES = 128 << 10;

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
    LAST_BLOCK(13);

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

  private final DataInputStream in;
  private final BufferedOutputStream out;
  private long movedBytes;

  Channel(InputStream in, OutputStream out) {
    this.in = new DataInputStream(new BufferedInputStream(in, BUFFER_BYTES));
    this.out = new BufferedOutputStream(out, BUFFER_BYTES);
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
    movedBytes += 5L + length;
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
    int length = in.readInt();
    int limit = kind == Kind.TREE ? LARGEST_BYTES : USUAL_BYTES;
    if (length < 0 || length > limit) {
      throw new IOException("the peer sent a frame of " + length + " bytes, allowed are " + limit);
    }
    byte[] payload = in.readNBytes(length);
    if (payload.length < length) {
      throw new EOFException("the connection was cut");
    }
    movedBytes += 5L + length;
    return Optional.of(new Frame(kind, new Bytes(payload)));
  }

  /** As {@link #next}, where the peer owes a frame. */
  Frame required() throws IOException {
    return next().orElseThrow(() -> new EOFException("the connection was cut"));
  }

  /** Bytes sent and received so far, framing included. */
  long movedBytes() {
    return movedBytes;
  }
}
