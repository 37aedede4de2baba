package understudy.wire;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import org.jspecify.annotations.Nullable;

/**
 * A socket that is read in large pieces. TLS reads the five bytes before each record and then the
 * record, which would be two calls of the system, each after a poll, for every 16 KiB.
 */
final class BufferedSocket extends Socket {
  /** Some records, each with its header. */
  private static final int BUFFER_BYTES = 64 << 10;

  private @Nullable InputStream buffered;

  @Override
  public synchronized InputStream getInputStream() throws IOException {
    InputStream plain = super.getInputStream();
    if (buffered == null) {
      buffered = new BufferedInputStream(plain, BUFFER_BYTES);
    }
    return buffered;
  }
}
