package understudy.cli;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The daemon of this machine, over its Unix socket. Works when the network, the peer and the
 * sign-in do not.
 */
final class LocalLine implements Line {
  private final Path socket;
  private final Path config;
  private final Function<String, Duration> patience;

  LocalLine(Path socket, Path config) {
    this(socket, config, Line::patience);
  }

  /** With another patience for each target. */
  LocalLine(Path socket, Path config, Function<String, Duration> patience) {
    this.socket = socket;
    this.config = config;
    this.patience = patience;
  }

  @Override
  public Answer exchange(String method, String target, Optional<String> body) throws Failure {
    return exchange(HttpText.request(method, target, body), patience.apply(target));
  }

  @Override
  public Answer send(String method, String target, String yaml, Map<String, String> headers)
      throws Failure {
    return exchange(
        HttpText.request(method, target, Optional.of(yaml), "application/yaml", headers),
        patience.apply(target));
  }

  private Answer exchange(byte[] text, Duration limit) throws Failure {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      Thread alarm = Thread.ofPlatform().daemon().name("alarm").start(() -> ring(channel, limit));
      try {
        channel.connect(UnixDomainSocketAddress.of(socket));
        ByteBuffer request = ByteBuffer.wrap(text);
        while (request.hasRemaining()) {
          channel.write(request);
        }
        return HttpText.answer(new BufferedInputStream(Channels.newInputStream(channel)));
      } finally {
        alarm.interrupt();
      }
    } catch (AsynchronousCloseException late) {
      throw unreachable("no answer within " + limit.toMillis() + " ms", late);
    } catch (IOException broken) {
      throw unreachable(why(broken), broken);
    }
  }

  /** Closing the channel ends whatever the other thread waits for in it. */
  private void ring(SocketChannel channel, Duration limit) {
    try {
      Thread.sleep(limit);
      channel.close();
    } catch (InterruptedException answered) {
      Thread.currentThread().interrupt();
    } catch (IOException cannotClose) {
      throw new java.io.UncheckedIOException("cannot close " + socket, cannotClose);
    }
  }

  private String why(IOException broken) {
    if (!Files.exists(socket)) {
      Path directory = socket.toAbsolutePath().getParent();
      return Files.isReadable(directory) || Files.notExists(directory)
          ? "no such file"
          : "not visible to this user";
    }
    if (broken instanceof AccessDeniedException || !Files.isWritable(socket)) {
      return "permission denied";
    }
    return String.valueOf(broken.getMessage());
  }

  private Failure unreachable(String why, IOException cause) {
    boolean forbidden = why.equals("permission denied") || why.equals("not visible to this user");
    return new Failure(
        ExitCode.DAEMON_UNREACHABLE,
        "the daemon does not answer at " + socket + " (" + why + ")",
        forbidden
            ? "run this as root: sudo understudy …"
            : "start it: systemctl start understudy, or understudy node --config "
                + config
                + "; or ask another node with --node HOST:PORT",
        cause);
  }
}
