package understudy.demo;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Ports of the loopback for those who must name one before they listen: free a moment ago, and
 * below the range from which the kernel serves others meanwhile.
 */
public final class FreePorts {
  private static final int LEAST = 20_000;
  private static final int COUNT = 12_000;

  /** One after the other, so that none is given twice before somebody listens there. */
  private static final AtomicInteger NEXT =
      new AtomicInteger(ThreadLocalRandom.current().nextInt(COUNT));

  private FreePorts() {}

  /**
   * Different ports, each free for TCP and UDP.
   *
   * @throws IOException when there are not that many
   */
  public static List<Integer> choose(int count) throws IOException {
    List<Integer> ports = new ArrayList<>();
    for (int tried = 0; ports.size() < count; tried++) {
      if (tried == COUNT) {
        throw new IOException("found no " + count + " free ports on the loopback");
      }
      int port = LEAST + Math.floorMod(NEXT.getAndIncrement(), COUNT);
      if (isFree(port)) {
        ports.add(port);
      }
    }
    return List.copyOf(ports);
  }

  private static boolean isFree(int port) {
    try (var tcp = new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
        var udp = new DatagramSocket(port, InetAddress.getLoopbackAddress())) {
      return tcp.isBound() && udp.isBound();
    } catch (IOException taken) {
      return false;
    }
  }
}
