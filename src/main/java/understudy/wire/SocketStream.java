package understudy.wire;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLSocket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A peer stream over a socket of the JDK. */
final class SocketStream implements PeerStream {
  private static final Logger LOG = LoggerFactory.getLogger(SocketStream.class);

  private final Socket plain;
  private final SSLSocket secure;
  private final InputStream in;
  private final OutputStream out;
  private final ReentrantLock writing = new ReentrantLock();

  /**
   * A stream over a finished handshake.
   *
   * @param plain carries {@code secure}; closed directly when a writer is stuck
   */
  SocketStream(Socket plain, SSLSocket secure) throws IOException {
    this.plain = plain;
    this.secure = secure;
    this.in = secure.getInputStream();
    this.out = new Writing(secure.getOutputStream());
  }

  @Override
  public InputStream in() {
    return in;
  }

  @Override
  public OutputStream out() {
    return out;
  }

  @Override
  public void limitReads(Duration most) throws IOException {
    plain.setSoTimeout(Math.toIntExact(most.toMillis()));
  }

  /** Says goodbye when that cannot block, else cuts. */
  @Override
  public void close() {
    try {
      if (writing.tryLock()) {
        try {
          secure.close();
        } finally {
          writing.unlock();
        }
      }
      plain.close();
    } catch (IOException alreadyBroken) {
      LOG.debug("closing a stream to {}", plain.getRemoteSocketAddress(), alreadyBroken);
    }
  }

  /** Marks the time in which a write may block. */
  private final class Writing extends OutputStream {
    private final OutputStream next;

    Writing(OutputStream next) {
      this.next = next;
    }

    @Override
    public void write(int one) throws IOException {
      write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
      writing.lock();
      try {
        next.write(bytes, from, count);
      } finally {
        writing.unlock();
      }
    }

    @Override
    public void flush() throws IOException {
      next.flush();
    }
  }
}
