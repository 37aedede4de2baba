package understudy.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** An HTTP server on a Unix socket that gives the answers it was told to give, in their order. */
final class FixedDaemon implements AutoCloseable {
  private final ServerSocketChannel server;
  private final Thread thread;
  private final Map<String, Deque<byte[]>> answers = new HashMap<>();
  private final List<String> requests = new ArrayList<>();

  FixedDaemon(Path socket) throws IOException {
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
    thread = Thread.ofPlatform().name("fixed daemon").start(this::serve);
  }

  /** The next answer to {@code request}, as in {@code GET /api/v1/status}; the last one stays. */
  synchronized FixedDaemon answer(String request, int status, String body) {
    byte[] content = body.getBytes(StandardCharsets.UTF_8);
    String head = "HTTP/1.1 " + status + " X\r\nContent-Length: " + content.length + "\r\n\r\n";
    return raw(request, head + body);
  }

  synchronized FixedDaemon raw(String request, String answer) {
    answers
        .computeIfAbsent(request, key -> new ArrayDeque<>())
        .add(answer.getBytes(StandardCharsets.UTF_8));
    return this;
  }

  /** What was asked so far: request line without the version, then the body, if any. */
  synchronized List<String> requests() {
    return List.copyOf(requests);
  }

  private void serve() {
    while (true) {
      try (SocketChannel channel = server.accept()) {
        String request = read(channel);
        ByteBuffer answer = ByteBuffer.wrap(next(request));
        while (answer.hasRemaining()) {
          channel.write(answer);
        }
      } catch (ClosedChannelException closed) {
        return;
      } catch (IOException broken) {
        throw new UncheckedIOException(broken);
      }
    }
  }

  private static String read(SocketChannel channel) throws IOException {
    BufferedReader in =
        new BufferedReader(
            new InputStreamReader(Channels.newInputStream(channel), StandardCharsets.UTF_8));
    String request = in.readLine().replace(" HTTP/1.1", "");
    int length = 0;
    for (String line = in.readLine(); !line.isEmpty(); line = in.readLine()) {
      if (line.startsWith("Content-Length: ")) {
        length = Integer.parseInt(line.substring(16));
      }
    }
    char[] body = new char[length];
    int read = 0;
    while (read < length) {
      read += in.read(body, read, length - read);
    }
    return length == 0 ? request : request + " " + new String(body);
  }

  private synchronized byte[] next(String request) {
    requests.add(request);
    String line = request.contains(" {") ? request.substring(0, request.indexOf(" {")) : request;
    Deque<byte[]> prepared = answers.get(line);
    if (prepared == null) {
      return "HTTP/1.1 404 X\r\nContent-Length: 2\r\n\r\n{}".getBytes(StandardCharsets.UTF_8);
    }
    return prepared.size() > 1 ? prepared.remove() : prepared.element();
  }

  @Override
  public void close() throws IOException {
    server.close();
    try {
      thread.join();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
