import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/**
 * A service that keeps its numbers in the PostgreSQL server of its host, as an application would:
 * one session for writing, kept open. Speaks as the numbered writer of the demo does; {@code WRITE}
 * answers once the row is committed, and both {@code WRITE} and {@code WHO} only while the server
 * takes writes.
 */
final class PostgresService {
  private static final Duration LIMIT = Duration.ofSeconds(2);
  private static final int CONNECTION_LIMIT = 256;
  private static final int BACKLOG = 256;

  private final String identity;
  private final String node;
  private final String run;
  private final Questioner writer;
  private final Questioner looker;
  private long number;

  private PostgresService(String node, InetSocketAddress server) {
    this.node = node;
    this.run = Long.toHexString(System.currentTimeMillis());
    this.identity = node + " " + run;
    this.writer = new Questioner(server);
    this.looker = new Questioner(server);
  }

  /** Runs until it is killed: {@code NODE ADDRESS PORT}, the address being the server's, too. */
  public static void main(String[] arguments) throws IOException {
    InetAddress address = InetAddress.ofLiteral(arguments[1]);
    var service =
        new PostgresService(arguments[0], new InetSocketAddress(address, Patroni.DATABASE_PORT));
    var places = new Semaphore(CONNECTION_LIMIT);
    try (var door = new ServerSocket(Integer.parseInt(arguments[2]), BACKLOG, address)) {
      while (true) {
        Socket client = door.accept();
        if (places.tryAcquire()) {
          Thread.ofVirtual()
              .start(
                  () -> {
                    service.serve(client);
                    places.release();
                  });
        } else {
          client.close();
        }
      }
    }
  }

  private void serve(Socket client) {
    try (client) {
      client.setSoTimeout(Math.toIntExact(LIMIT.toMillis()));
      client.setTcpNoDelay(true);
      var reader =
          new BufferedReader(
              new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII));
      Optional<String> answer = answer(Optional.ofNullable(reader.readLine()).orElse(""));
      if (answer.isPresent()) {
        client.getOutputStream().write((answer.get() + "\n").getBytes(StandardCharsets.US_ASCII));
      }
    } catch (IOException noAnswer) {
      // the client or the server is gone, or the server is no primary: no answer is the answer
    }
  }

  private Optional<String> answer(String request) throws IOException {
    return switch (request) {
      case "WRITE" -> Optional.of("OK " + write() + " " + identity);
      case "WHO" ->
          looker.ask("select pg_is_in_recovery()").equals("f")
              ? Optional.of(identity)
              : Optional.empty();
      default -> Optional.empty();
    };
  }

  private synchronized long write() throws IOException {
    number++;
    writer.ask("insert into writes values (%d, '%s', '%s')".formatted(number, node, run));
    return number;
  }

  /** Keeps a session as long as it works. */
  private static final class Questioner {
    private final InetSocketAddress server;
    private Optional<PostgresSession> session = Optional.empty();

    Questioner(InetSocketAddress server) {
      this.server = server;
    }

    synchronized String ask(String statement) throws IOException {
      if (session.isEmpty()) {
        session = Optional.of(new PostgresSession(server, Patroni.USER, LIMIT));
      }
      try {
        return session.get().ask(statement);
      } catch (IOException failed) {
        session.get().close();
        session = Optional.empty();
        throw failed;
      }
    }
  }
}
