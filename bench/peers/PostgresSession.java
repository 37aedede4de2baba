import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * A session with a PostgreSQL server that trusts whoever comes: its protocol of version 3.0, as far
 * as simple statements need it. For one thread at a time.
 */
final class PostgresSession implements AutoCloseable {
  private static final int VERSION_3_0 = 196_608;
  private static final int MESSAGE_LIMIT_BYTES = 1 << 20;

  private final Socket socket = new Socket();
  private final DataInputStream in;
  private final DataOutputStream out;

  /**
   * Opens a session.
   *
   * @param limit for the connection and for each answer
   */
  PostgresSession(InetSocketAddress server, String user, Duration limit) throws IOException {
    int millis = Math.toIntExact(limit.toMillis());
    try {
      socket.setTcpNoDelay(true);
      socket.connect(server, millis);
      socket.setSoTimeout(millis);
      in = new DataInputStream(socket.getInputStream());
      out = new DataOutputStream(socket.getOutputStream());
      var start = new ByteArrayOutputStream();
      var words = new DataOutputStream(start);
      words.writeInt(VERSION_3_0);
      for (String word : new String[] {"user", user, "database", user, ""}) {
        words.write(text(word));
      }
      send(start.toByteArray());
      awaitReady();
    } catch (IOException refused) {
      socket.close();
      throw refused;
    }
  }

  /**
   * Runs one statement.
   *
   * @return the first column of the last row; empty without rows
   * @throws IOException the server says no, is silent or gone; the session may be of no more use
   */
  String ask(String statement) throws IOException {
    out.writeByte('Q');
    send(text(statement));
    return awaitReady();
  }

  private void send(byte[] body) throws IOException {
    out.writeInt(body.length + Integer.BYTES);
    out.write(body);
    out.flush();
  }

  private String awaitReady() throws IOException {
    String value = "";
    String refusal = "";
    while (true) {
      byte type = in.readByte();
      int length = in.readInt() - Integer.BYTES;
      if (length < 0 || length > MESSAGE_LIMIT_BYTES) {
        throw new IOException("a message of " + length + " bytes");
      }
      byte[] body = in.readNBytes(length);
      switch (type) {
        case 'D' -> value = firstColumn(body);
        case 'E' -> {
          refusal = new String(body, StandardCharsets.UTF_8).replace('\0', ' ');
          if (refusal.contains("FATAL")) {
            throw new IOException(refusal);
          }
        }
        case 'Z' -> {
          if (!refusal.isEmpty()) {
            throw new IOException(refusal);
          }
          return value;
        }
        default -> {} // what else the server tells does not matter here
      }
    }
  }

  /** Two bytes for the number of columns, four for the length of the first. */
  private static String firstColumn(byte[] row) throws IOException {
    var fields = new DataInputStream(new ByteArrayInputStream(row));
    int columns = fields.readUnsignedShort();
    int length = columns == 0 ? 0 : fields.readInt();
    return length <= 0 ? "" : new String(fields.readNBytes(length), StandardCharsets.UTF_8);
  }

  private static byte[] text(String text) {
    return (text + "\0").getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
