package understudy.wire;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;

/**
 * A TLS connection as two blocking streams: a socket on the calling side, an end point of the
 * server on the other. One thread reads, one thread (may be another) writes.
 */
public interface PeerStream extends Closeable {

  /** Unbuffered; a read waits at most the read limit, then throws {@link IOException}. */
  InputStream in();

  /** Unbuffered: write large pieces. */
  OutputStream out();

  /** How long a read may wait from now on; zero: for ever. */
  void limitReads(Duration most) throws IOException;

  /** Ends both directions, also under a blocked reader. May be called twice. */
  @Override
  void close();
}
