package understudy.sync;

import java.io.IOException;

/** Opens a stream to the node that is to be followed. May block until it is connected. */
public interface StreamOpener {
  SyncStream open() throws IOException;
}
