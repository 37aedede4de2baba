package understudy.sync;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * A connected, authenticated stream. {@link #close} may be called from another thread and must make
 * a blocked read or write fail.
 */
public interface SyncStream extends AutoCloseable {
  InputStream in();

  OutputStream out();

  @Override
  void close() throws IOException;
}
