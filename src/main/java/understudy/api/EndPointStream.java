package understudy.api;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.Blocker;
import understudy.wire.PeerStream;

/** A peer stream over an end point of the server. After a time-out the stream is over. */
final class EndPointStream implements PeerStream {
  private static final long STUCK_WRITE_SECONDS = 60;

  private static final int FIRST_BYTES = 1024;

  private final EndPoint endPoint;
  private ByteBuffer first = ByteBuffer.allocate(0);
  private volatile Duration readLimit = Duration.ZERO;

  /** By {@link System#nanoTime}: no read waits longer; empty: none is so limited. */
  private volatile OptionalLong deadline = OptionalLong.empty();

  EndPointStream(EndPoint endPoint) {
    this.endPoint = endPoint;
    endPoint.setIdleTimeout(-1);
  }

  @Override
  public InputStream in() {
    return new In();
  }

  @Override
  public OutputStream out() {
    return new Out();
  }

  @Override
  public void limitReads(Duration most) {
    readLimit = most;
    deadline = OptionalLong.empty();
  }

  /** How long all reads together may wait from now on, until {@link #limitReads} is called. */
  void limitReadsTogether(Duration most) {
    readLimit = most;
    deadline = OptionalLong.of(System.nanoTime() + most.toNanos());
  }

  /** How long the next read may wait; zero: for ever. */
  private Duration patience() throws TimeoutException {
    OptionalLong last = deadline;
    if (last.isEmpty()) {
      return readLimit;
    }
    long left = (last.getAsLong() - System.nanoTime()) / 1_000_000;
    if (left <= 0) {
      throw new TimeoutException();
    }
    return Duration.ofMillis(left);
  }

  @Override
  public void close() {
    endPoint.close();
  }

  /**
   * Waits for the caller's first bytes and keeps them for the reader. Only after these is the
   * handshake over for certain, and the caller's certificate known.
   *
   * @return false when the caller hung up instead
   */
  boolean awaitFirstBytes() throws IOException {
    byte[] bytes = new byte[FIRST_BYTES];
    int count = fill(bytes, 0, bytes.length);
    first = ByteBuffer.wrap(bytes, 0, Math.max(0, count));
    return count > 0;
  }

  private int fill(byte[] bytes, int from, int count) throws IOException {
    while (true) {
      // Jetty fills behind the limit of a buffer, up to its capacity.
      ByteBuffer empty = ByteBuffer.wrap(bytes, from, count).slice().limit(0);
      int filled = endPoint.fill(empty);
      if (filled != 0) {
        return filled;
      }
      awaitBytes();
    }
  }

  private void awaitBytes(Duration limit) throws IOException, TimeoutException {
    try (Blocker.Callback filled = Blocker.callback()) {
      endPoint.fillInterested(filled);
      if (limit.isZero()) {
        filled.block();
      } else {
        filled.block(limit.toMillis(), TimeUnit.MILLISECONDS);
      }
    }
  }

  private void awaitBytes() throws IOException {
    try {
      awaitBytes(patience());
    } catch (TimeoutException silent) {
      endPoint.close();
      throw (IOException)
          new SocketTimeoutException("too little came within " + readLimit).initCause(silent);
    }
  }

  /** Reads straight into the caller's array when it holds a whole TLS record. */
  private final class In extends InputStream {
    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int from, int count) throws IOException {
      if (count == 0) {
        return 0;
      }
      if (first.hasRemaining()) {
        int kept = Math.min(count, first.remaining());
        first.get(bytes, from, kept);
        return kept;
      }
      return fill(bytes, from, count);
    }

    @Override
    public void close() {
      EndPointStream.this.close();
    }
  }

  /** Returns when the bytes are handed to the socket. */
  private final class Out extends OutputStream {
    @Override
    public void write(int one) throws IOException {
      write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
      try (Blocker.Callback written = Blocker.callback()) {
        endPoint.write(written, ByteBuffer.wrap(bytes, from, count));
        written.block(STUCK_WRITE_SECONDS, TimeUnit.SECONDS);
      } catch (TimeoutException stuck) {
        endPoint.close();
        throw new IOException("the peer took nothing for " + STUCK_WRITE_SECONDS + " s", stuck);
      }
    }

    @Override
    public void close() {
      EndPointStream.this.close();
    }
  }
}
