package understudy.cli;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The part of HTTP/1.1 (RFC 9112) that one request on a connection of its own needs: a body by
 * length, in chunks, or up to the end. Everything has a limit, whoever answers.
 */
final class HttpText {
  private static final int MOST_HEAD_BYTES = 32 * 1024;
  private static final int MOST_BODY_BYTES = 16 * 1024 * 1024;

  private final InputStream in;
  private int headBytes;

  private HttpText(InputStream in) {
    this.in = in;
  }

  static byte[] request(String method, String target, Optional<String> body) {
    return request(method, target, body, "application/json", Map.of());
  }

  static byte[] request(
      String method,
      String target,
      Optional<String> body,
      String type,
      Map<String, String> headers) {
    byte[] content = body.orElse("").getBytes(StandardCharsets.UTF_8);
    String head =
        "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAccept: application/json\r\n"
            .formatted(method, target);
    if (body.isPresent()) {
      head += "Content-Type: %s\r\nContent-Length: %d\r\n".formatted(type, content.length);
    }
    for (Map.Entry<String, String> header : headers.entrySet()) {
      head += header.getKey() + ": " + header.getValue() + "\r\n";
    }
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    whole.writeBytes((head + "\r\n").getBytes(StandardCharsets.US_ASCII));
    whole.writeBytes(content);
    return whole.toByteArray();
  }

  /** Reads one answer; throws {@link IOException} when it is cut short, too big or not HTTP. */
  static Line.Answer answer(InputStream in) throws IOException {
    return new HttpText(in).answer();
  }

  private Line.Answer answer() throws IOException {
    int status;
    Map<String, String> headers;
    do {
      status = status(line());
      headers = headers();
    } while (status >= 100 && status < 200);
    byte[] body = body(headers);
    return new Line.Answer(status, new String(body, StandardCharsets.UTF_8));
  }

  private static int status(String line) throws IOException {
    if (!line.matches("HTTP/1\\.[01] \\d{3}( .*)?")) {
      throw new IOException("this is no HTTP answer: '" + line + "'");
    }
    return Integer.parseInt(line.substring(9, 12));
  }

  private Map<String, String> headers() throws IOException {
    Map<String, String> headers = new HashMap<>();
    for (String line = line(); !line.isEmpty(); line = line()) {
      int colon = line.indexOf(':');
      if (colon < 1) {
        throw new IOException("this is no header: '" + line + "'");
      }
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    return headers;
  }

  private byte[] body(Map<String, String> headers) throws IOException {
    if ("chunked".equalsIgnoreCase(headers.get("transfer-encoding"))) {
      return chunks();
    }
    String length = headers.get("content-length");
    return length == null ? rest() : exactly(number(length, 10));
  }

  private byte[] chunks() throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    while (true) {
      String line = line();
      int extension = line.indexOf(';');
      int size = number(extension < 0 ? line : line.substring(0, extension), 16);
      if (size == 0) {
        headers();
        return body.toByteArray();
      }
      if (body.size() + size > MOST_BODY_BYTES) {
        throw tooBig();
      }
      body.writeBytes(exactly(size));
      if (!line().isEmpty()) {
        throw new IOException("a chunk is longer than it said");
      }
    }
  }

  private byte[] rest() throws IOException {
    byte[] body = in.readNBytes(MOST_BODY_BYTES + 1);
    if (body.length > MOST_BODY_BYTES) {
      throw tooBig();
    }
    return body;
  }

  private byte[] exactly(int size) throws IOException {
    byte[] body = in.readNBytes(size);
    if (body.length < size) {
      throw new EOFException("the answer ended after " + body.length + " of " + size + " bytes");
    }
    return body;
  }

  private static int number(String text, int radix) throws IOException {
    long number;
    try {
      number = Long.parseLong(text.strip(), radix);
    } catch (NumberFormatException broken) {
      throw new IOException("this is no length: '" + text + "'", broken);
    }
    if (number < 0 || number > MOST_BODY_BYTES) {
      throw tooBig();
    }
    return (int) number;
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new EOFException("the connection was closed in the middle of an answer");
      }
      if (++headBytes > MOST_HEAD_BYTES) {
        throw new IOException("the head of the answer is over " + MOST_HEAD_BYTES + " bytes");
      }
      line.append((char) next);
    }
    if (!line.isEmpty() && line.charAt(line.length() - 1) == '\r') {
      line.setLength(line.length() - 1);
    }
    return line.toString();
  }

  private static IOException tooBig() {
    return new IOException("the answer is over " + MOST_BODY_BYTES + " bytes");
  }
}
