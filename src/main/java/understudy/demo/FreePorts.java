package understudy.demo;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/** Ports of the loopback that nobody uses. */
final class FreePorts {
  private static final int TRIES = 50;

  private FreePorts() {}

  /** Different ports, each free for TCP and UDP a moment ago. */
  static List<Integer> choose(int count) throws IOException {
    List<ServerSocket> held = new ArrayList<>();
    List<Integer> ports = new ArrayList<>();
    try {
      for (int tried = 0; ports.size() < count; tried++) {
        if (tried == TRIES) {
          throw new IOException("found no " + count + " free ports on the loopback");
        }
        var tcp = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        held.add(tcp);
        if (isFreeForDatagrams(tcp.getLocalPort())) {
          ports.add(tcp.getLocalPort());
        }
      }
      return List.copyOf(ports);
    } finally {
      for (ServerSocket socket : held) {
        socket.close();
      }
    }
  }

  private static boolean isFreeForDatagrams(int port) {
    try (var udp = new DatagramSocket(port, InetAddress.getLoopbackAddress())) {
      return udp.isBound();
    } catch (IOException taken) {
      return false;
    }
  }
}
