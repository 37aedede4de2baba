package understudy.heartbeat;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import understudy.linux.RealTime;

/**
 * One of our own addresses as a UDP end point: sends without blocking, receives on a thread of its
 * own.
 */
final class DatagramLink implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DatagramLink.class);
  private static final int LARGEST_BYTES = 2_048;

  private final String name;
  private final DatagramSocket socket;
  private final Thread thread;
  private volatile boolean closing;
  private volatile boolean sendingFails;

  /** Binds; throws when the address is not ours or the port is taken. */
  DatagramLink(String host, int port, Consumer<byte[]> received) throws IOException {
    this.name = host;
    this.socket = new DatagramSocket(null);
    try {
      socket.bind(new InetSocketAddress(host, port));
    } catch (IOException taken) {
      socket.close();
      throw new IOException(
          "heartbeats cannot use " + host + " port " + port + "/udp: " + taken.getMessage(), taken);
    }
    this.thread =
        Thread.ofPlatform().name("hears " + name).daemon().unstarted(() -> receive(received));
  }

  String name() {
    return name;
  }

  int port() {
    return socket.getLocalPort();
  }

  void start() {
    thread.start();
  }

  /** Loses the datagram when the network does not take it; that is what heartbeats are for. */
  void send(byte[] datagram, InetSocketAddress to) {
    try {
      socket.send(new DatagramPacket(datagram, datagram.length, to));
      sendingFails = false;
    } catch (IOException | IllegalArgumentException unreachable) {
      if (!sendingFails && !closing) {
        LOG.warn("heartbeats from {} to {} fail: {}", name, to, unreachable.getMessage());
      }
      sendingFails = true;
    }
  }

  private void receive(Consumer<byte[]> received) {
    RealTime.forThisThread(RealTime.BEFORE_OTHER_WORK)
        .ifPresent(refused -> LOG.debug("heartbeats wait like other work: {}", refused));
    byte[] buffer = new byte[LARGEST_BYTES];
    while (!closing) {
      try {
        var packet = new DatagramPacket(buffer, buffer.length);
        socket.receive(packet);
        received.accept(Arrays.copyOf(buffer, packet.getLength()));
      } catch (IOException broken) {
        if (!closing) {
          // An ICMP error of an earlier send surfaces here; the socket itself is still good.
          LOG.debug("receiving on {}: {}", name, broken.getMessage());
        }
      }
    }
  }

  @Override
  public void close() {
    closing = true;
    socket.close();
  }
}
