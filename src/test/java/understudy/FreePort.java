package understudy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports for tests that must name one before they listen: free now, and below the range from which
 * the kernel serves others meanwhile.
 */
public final class FreePort {
  private static final int LEAST = 20_000;
  private static final int MOST = 32_000;
  private static final int TRIES = 100;

  private FreePort() {}

  public static int next() throws IOException {
    IOException last = new IOException("no port was tried");
    for (int i = 0; i < TRIES; i++) {
      int port = ThreadLocalRandom.current().nextInt(LEAST, MOST);
      try (ServerSocket free = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return free.getLocalPort();
      } catch (IOException taken) {
        last = taken;
      }
    }
    throw last;
  }
}
