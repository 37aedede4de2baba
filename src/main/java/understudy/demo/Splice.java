package understudy.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketException;

/** One forwarded connection: bytes go both ways until either side ends or it is closed. */
final class Splice implements AutoCloseable {
  private static final int CONNECT_LIMIT_MS = 200;

  private final Socket client;
  private final Forwarder.Backend backend;
  private final Socket service = new Socket();

  Splice(Socket client, Forwarder.Backend backend) {
    this.client = client;
    this.backend = backend;
  }

  Forwarder.Backend backend() {
    return backend;
  }

  /** Forwards until both directions have ended. Blocks. */
  void run() {
    try {
      client.setTcpNoDelay(true);
      service.setTcpNoDelay(true);
      service.connect(backend.service(), CONNECT_LIMIT_MS);
      Thread back = Thread.ofVirtual().start(() -> pump(service, client));
      pump(client, service);
      back.join();
    } catch (IOException e) {
      // the service does not take connections: the client sees its own closed
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void pump(Socket from, Socket to) {
    try {
      from.getInputStream().transferTo(to.getOutputStream());
      to.shutdownOutput();
    } catch (IOException e) {
      close();
    }
  }

  /** Ends both sides; what was written is still delivered. Harmless when they have ended. */
  @Override
  public void close() {
    close(client);
    close(service);
  }

  /** Ends both sides with a reset: their owners learn at once. */
  void cut() {
    reset(client);
    reset(service);
  }

  static void reset(Socket socket) {
    try {
      socket.setSoLinger(true, 0);
    } catch (SocketException e) {
      // it is closed already
    }
    close(socket);
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException("could not close " + socket, e);
    }
  }
}
