package understudy.wire;

import java.io.IOException;

/** Takes streams that other nodes opened. */
public interface PeerAcceptor {

  /**
   * Serves one stream on a thread of its own and returns when it is over; the caller closes it. May
   * block as long as it likes. What it throws is logged and ends this stream only.
   */
  void accept(PeerConnection connection) throws IOException;
}
