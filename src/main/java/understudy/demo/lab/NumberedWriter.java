package understudy.demo.lab;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Semaphore;

/**
 * The protected service of the demo: gives numbers over TCP and keeps a {@link Ledger} of them in
 * the protected directory, so that what a failover loses can be counted.
 *
 * <p>Requests and answers are lines: {@code WRITE} answers {@code OK NUMBER NODE RUN} once the
 * number is on disk; {@code LAST} answers the newest number; {@code WHO} answers {@code NODE RUN}.
 * Anything else closes the connection. When the disk fails the process ends with status 1.
 */
public final class NumberedWriter {
  private static final int CONNECTION_LIMIT = 256;
  private static final int REQUEST_LIMIT_BYTES = 64;

  /**
   * Short: where packets are lost, so is now and then the one that ends a connection, and the
   * connections that nobody uses any more must not fill all places.
   */
  private static final int IDLE_LIMIT_MS = 2_000;

  private static final int BACKLOG = 256;

  private final ServerSocket server;
  private final Ledger ledger;
  private final String identity;
  private final Semaphore connections = new Semaphore(CONNECTION_LIMIT);

  private NumberedWriter(ServerSocket server, Ledger ledger, String identity) {
    this.server = server;
    this.ledger = ledger;
    this.identity = identity;
  }

  /**
   * Runs until it is killed: {@code NODE DIRECTORY ADDRESS PORT}. Prints one line, {@code listening
   * PORT}, once it takes connections. Exit status 2: wrong arguments; 1: the port or the ledger
   * cannot be used, the reason on standard error.
   */
  public static void main(String[] arguments) {
    if (arguments.length != 4) {
      System.err.println("usage: NumberedWriter NODE DIRECTORY ADDRESS PORT");
      System.exit(2);
    }
    String node = arguments[0];
    String run = Long.toHexString(System.currentTimeMillis());
    try {
      InetAddress address = InetAddress.getByName(arguments[2]);
      // the port first: whoever holds it is the one writer, and only it may repair the ledger
      ServerSocket server = new ServerSocket(Integer.parseInt(arguments[3]), BACKLOG, address);
      Ledger ledger = Ledger.open(Path.of(arguments[1]), node, run);
      System.out.println("listening ".concat(Integer.toString(server.getLocalPort())));
      new NumberedWriter(server, ledger, node.concat(" ").concat(run)).serve();
    } catch (IOException e) {
      failed(e);
    }
  }

  private static void failed(IOException cause) {
    System.err.println("NumberedWriter: ".concat(cause.toString()));
    Runtime.getRuntime().halt(1);
  }

  private void serve() throws IOException {
    while (true) {
      Socket socket = server.accept();
      if (connections.tryAcquire()) {
        Thread thread = new Thread(new Conversation(socket));
        thread.setDaemon(true);
        thread.start();
      } else {
        socket.close();
      }
    }
  }

  private String write() {
    long number = 0;
    try {
      number = ledger.append();
    } catch (IOException e) {
      failed(e);
    }
    return "OK ".concat(Long.toString(number)).concat(" ").concat(identity);
  }

  private String answer(String request) throws IOException {
    return switch (request) {
      case "WRITE" -> write();
      case "LAST" -> Long.toString(ledger.last());
      case "WHO" -> identity;
      default -> throw new IOException("not a request");
    };
  }

  /** One connection, request by request. */
  private final class Conversation implements Runnable {
    private final Socket socket;

    Conversation(Socket socket) {
      this.socket = socket;
    }

    @Override
    public void run() {
      try (Socket open = socket) {
        open.setTcpNoDelay(true);
        open.setSoTimeout(IDLE_LIMIT_MS);
        converse(open.getInputStream(), open.getOutputStream());
      } catch (IOException e) {
        // the client went away, was silent or sent no request: it sees the closed connection
      } finally {
        connections.release();
      }
    }

    private void converse(InputStream in, OutputStream out) throws IOException {
      byte[] request = new byte[REQUEST_LIMIT_BYTES];
      int length = 0;
      int next = in.read();
      while (next >= 0) {
        if (next == '\n') {
          String line = new String(request, 0, length, StandardCharsets.US_ASCII);
          out.write(answer(line).concat("\n").getBytes(StandardCharsets.US_ASCII));
          length = 0;
        } else if (length == REQUEST_LIMIT_BYTES) {
          throw new IOException("request too long");
        } else {
          request[length++] = (byte) next;
        }
        next = in.read();
      }
    }
  }
}
