package understudy.wire;

import java.io.Closeable;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * A stream to a proven member: its certificate is pinned here and it knows the cluster secret.
 *
 * @param peer who is at the other end
 * @param release the version that it runs
 */
public record PeerConnection(Member peer, Purpose purpose, Release release, PeerStream stream)
    implements Closeable {

  public InputStream in() {
    return stream.in();
  }

  public OutputStream out() {
    return stream.out();
  }

  @Override
  public void close() {
    stream.close();
  }
}
