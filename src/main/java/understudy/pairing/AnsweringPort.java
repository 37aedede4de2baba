package understudy.pairing;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import understudy.config.Endpoint;
import understudy.wire.Frames;
import understudy.wire.Identity;
import understudy.wire.Tls;

/**
 * The joining machine's port while it joins: answers the inviting node's probe, one connection at a
 * time, and nothing else.
 */
final class AnsweringPort implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AnsweringPort.class);
  private static final Duration LIMIT = Duration.ofSeconds(3);
  private static final int BACKLOG = 4;
  static final int PROBE_BYTES = 32;

  private final SSLServerSocket listening;
  private final String secret;
  private final Thread serving;

  private AnsweringPort(SSLServerSocket listening, String secret) {
    this.listening = listening;
    this.secret = secret;
    this.serving = Thread.ofVirtual().name("answering port").start(this::serve);
  }

  /** Listens; throws when the port is taken. */
  static AnsweringPort open(Endpoint at, Identity identity, String secret) throws IOException {
    SSLServerSocket listening =
        (SSLServerSocket) Tls.listening(identity).getServerSocketFactory().createServerSocket();
    listening.setReuseAddress(true);
    try {
      listening.bind(new InetSocketAddress(at.host(), at.port()), BACKLOG);
    } catch (IOException taken) {
      listening.close();
      throw taken;
    }
    listening.setNeedClientAuth(true);
    return new AnsweringPort(listening, secret);
  }

  int port() {
    return listening.getLocalPort();
  }

  /** What proves that the answer comes from the machine that holds the invite. */
  static byte[] answer(byte[] probe, String secret) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(probe);
      return digest.digest(HexFormat.of().parseHex(secret));
    } catch (NoSuchAlgorithmException everyJavaHasIt) {
      throw new AssertionError(everyJavaHasIt);
    }
  }

  private void serve() {
    while (!listening.isClosed()) {
      try (SSLSocket socket = (SSLSocket) listening.accept()) {
        socket.setSoTimeout(Math.toIntExact(LIMIT.toMillis()));
        socket.setHandshakeApplicationProtocolSelector(
            (connection, offered) ->
                offered.contains(Tls.PAIRING_PROTOCOL) ? Tls.PAIRING_PROTOCOL : null);
        byte[] probe = Frames.read(socket.getInputStream(), PROBE_BYTES);
        Frames.write(socket.getOutputStream(), answer(probe, secret));
      } catch (IOException broken) {
        LOG.debug("a connection to the joining machine's port ended", broken);
      }
    }
  }

  /** The port is free again when this returns: the kernel waits for the accepting thread. */
  @Override
  public void close() {
    try {
      listening.close();
      serving.join(LIMIT);
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    } catch (IOException alreadyBroken) {
      LOG.debug("closing the joining machine's port", alreadyBroken);
    }
  }
}
