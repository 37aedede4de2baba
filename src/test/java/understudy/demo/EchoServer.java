package understudy.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Says its name to whoever connects, then gives back what it is sent. */
final class EchoServer implements AutoCloseable {
  private final ServerSocket server;
  private final String name;
  private final Thread acceptor;

  EchoServer(String name) throws IOException {
    this.name = name;
    this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    this.acceptor = Thread.ofVirtual().start(this::accept);
  }

  InetSocketAddress address() {
    return new InetSocketAddress(server.getInetAddress(), server.getLocalPort());
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        Thread.ofVirtual().start(() -> converse(socket));
      } catch (IOException e) {
        // closed by the test
      }
    }
  }

  private void converse(Socket socket) {
    try (socket) {
      socket.getOutputStream().write((name + "\n").getBytes(StandardCharsets.US_ASCII));
      socket.getInputStream().transferTo(socket.getOutputStream());
    } catch (IOException e) {
      // the client went away
    }
  }

  /**
   * Ends listening. A virtual thread that waits in accept still takes one connection that comes
   * before it is woken; nobody is taken after this returns.
   */
  @Override
  public void close() throws IOException {
    server.close();
    try {
      if (!acceptor.join(Duration.ofSeconds(5))) {
        throw new IOException("the echo server " + name + " still listens after 5 s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
