package understudy.wire;

import java.io.IOException;
import java.net.Socket;
import java.net.StandardSocketOptions;
import jdk.net.ExtendedSocketOptions;

/**
 * Has the kernel ask over a silent connection whether the other machine is still there: one that
 * lost its power says no goodbye, and a reader would wait for ever.
 */
public final class KeepAlive {
  private static final int SILENT_SECONDS = 20;
  private static final int AGAIN_SECONDS = 5;
  private static final int MOST_ASKED = 6;

  private KeepAlive() {}

  /** A peer that is gone ends a silent connection 50 seconds after its last word. */
  public static void on(Socket socket) throws IOException {
    socket.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
    socket.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, SILENT_SECONDS);
    socket.setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, AGAIN_SECONDS);
    socket.setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, MOST_ASKED);
  }
}
