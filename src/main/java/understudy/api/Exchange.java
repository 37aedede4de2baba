package understudy.api;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Blocker;
import org.eclipse.jetty.util.Fields;

/** One request and its answer, blocking; used by one thread. */
final class Exchange {
  static final int LARGEST_BODY_BYTES = 64 * 1024;
  private static final long LONGEST_BODY_NANOS = 10_000_000_000L;
  private static final int MOST_FIELDS = 100;

  private final Request request;
  private final Response response;
  private final Caller caller;
  private final String id;

  /**
   * An exchange on a matched route.
   *
   * @param id what stood for {@code {id}} in the path; empty when the route has none
   */
  Exchange(Request request, Response response, Caller caller, String id) {
    this.request = request;
    this.response = response;
    this.caller = caller;
    this.id = id;
  }

  Caller caller() {
    return caller;
  }

  String id() {
    return id;
  }

  String method() {
    return request.getMethod();
  }

  String path() {
    return Request.getPathInContext(request);
  }

  Optional<String> header(String name) {
    return Optional.ofNullable(request.getHeaders().get(name));
  }

  /** Host of the caller; {@code local} on the Unix socket. */
  String address() {
    return caller instanceof Caller.Local ? "local" : Request.getRemoteAddr(request);
  }

  Optional<String> query(String name) throws ProblemException {
    try {
      Fields fields = Request.extractQueryParameters(request, StandardCharsets.UTF_8);
      return Optional.ofNullable(fields.getValue(name));
    } catch (RuntimeException malformed) {
      throw ProblemException.badRequest("the query is malformed", null);
    }
  }

  long queryNumber(String name, long ifAbsent, long least, long most) throws ProblemException {
    Optional<String> text = query(name);
    if (text.isEmpty()) {
      return ifAbsent;
    }
    try {
      long number = Long.parseLong(text.get());
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException notANumber) {
      throw outOfRange(name, least, most);
    }
    throw outOfRange(name, least, most);
  }

  private static ProblemException outOfRange(String name, long least, long most) {
    return ProblemException.badRequest(
        name + " is a whole number from " + least + " to " + most, null);
  }

  /** The whole body; refuses one over 64 KiB without reading on. */
  String body() throws IOException, ProblemException {
    if (request.getLength() <= LARGEST_BODY_BYTES) {
      try (InputStream in = Content.Source.asInputStream(request)) {
        byte[] bytes = new byte[LARGEST_BODY_BYTES + 1];
        int length = fill(bytes, in);
        if (length <= LARGEST_BODY_BYTES) {
          return new String(bytes, 0, length, StandardCharsets.UTF_8);
        }
      }
    }
    response.getHeaders().put(HttpHeader.CONNECTION, "close");
    throw new ProblemException(413, "too-large", "Too large", "a body has at most 64 KiB", null);
  }

  /**
   * Reads a body that nobody wants, so that the connection can serve the next request; one that is
   * large or of unknown length ends the connection instead.
   */
  void discardBody() throws IOException, ProblemException {
    if (request.getLength() < 0 || request.getLength() > LARGEST_BODY_BYTES) {
      response.getHeaders().put(HttpHeader.CONNECTION, "close");
    } else if (request.getLength() > 0) {
      body();
    }
  }

  private static int fill(byte[] bytes, InputStream in) throws IOException, ProblemException {
    long started = System.nanoTime();
    int length = 0;
    while (length < bytes.length) {
      int count = in.read(bytes, length, bytes.length - length);
      if (count < 0) {
        break;
      }
      length += count;
      if (System.nanoTime() - started > LONGEST_BODY_NANOS) {
        throw new ProblemException(408, "too-slow", "Too slow", "the body took too long", null);
      }
    }
    return length;
  }

  /** The fields of a form. */
  Map<String, String> form() throws IOException, ProblemException {
    Map<String, String> fields = new HashMap<>();
    for (String pair : body().split("&", MOST_FIELDS)) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        try {
          fields.put(
              URLDecoder.decode(pair.substring(0, equals), StandardCharsets.UTF_8),
              URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException malformed) {
          throw ProblemException.badRequest("the form is malformed", null);
        }
      }
    }
    return fields;
  }

  void set(String header, String value) {
    response.getHeaders().put(header, value);
  }

  void json(int status, String json) throws IOException {
    send(status, "application/json", json);
  }

  void send(int status, String type, String text) throws IOException {
    send(status, type, text.getBytes(StandardCharsets.UTF_8));
  }

  void send(int status, String type, byte[] content) throws IOException {
    response.setStatus(status);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, type);
    response.getHeaders().put(HttpHeader.CONTENT_LENGTH, content.length);
    try (Blocker.Callback written = Blocker.callback()) {
      response.write(true, ByteBuffer.wrap(content), written);
      written.block();
    }
  }

  /** After a form: tells the browser to fetch {@code path}. */
  void redirect(String path) throws IOException {
    set("Location", path);
    send(303, "text/plain", "");
  }

  /** An answer without known end. */
  OutputStream stream(String type) {
    response.setStatus(200);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, type);
    return Content.Sink.asOutputStream(response);
  }
}
