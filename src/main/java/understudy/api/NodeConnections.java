package understudy.api;

import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.AbstractConnectionFactory;
import org.eclipse.jetty.server.Connector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import understudy.linux.PromptStart;
import understudy.wire.PeerStream;

/**
 * Connections that chose one of our own protocols (ALPN): each gets a platform thread, because it
 * may read and write files for hours. Limited in number; without a client certificate, closed.
 */
final class NodeConnections extends AbstractConnectionFactory {
  private static final Logger LOG = LoggerFactory.getLogger(NodeConnections.class);

  /** A new caller has this long to say who it is. */
  private static final Duration FIRST_WORDS = Duration.ofSeconds(10);

  private final Semaphore places;
  private final Service service;

  /** Serves one connection, blocking; the stream is closed afterwards. */
  interface Service {
    void serve(X509Certificate certificate, PeerStream stream, String from) throws IOException;
  }

  NodeConnections(String protocol, int most, Service service) {
    super(protocol);
    this.places = new Semaphore(most);
    this.service = service;
  }

  @Override
  public Connection newConnection(Connector connector, EndPoint endPoint) {
    return configure(new Stream(endPoint, connector), connector, endPoint);
  }

  private final class Stream extends AbstractConnection {
    Stream(EndPoint endPoint, Connector connector) {
      super(endPoint, connector.getExecutor());
    }

    @Override
    public void onOpen() {
      super.onOpen();
      String from = String.valueOf(getEndPoint().getRemoteSocketAddress());
      if (places.tryAcquire()) {
        PromptStart.start(
            Thread.ofPlatform().daemon().name(getProtocol() + " " + from), () -> run(from));
      } else {
        LOG.warn("too many {} streams: closed one from {}", getProtocol(), from);
        close();
      }
    }

    /** Never called: the thread waits for bytes itself. */
    @Override
    public void onFillable() {}

    private void run(String from) {
      try (EndPointStream stream = new EndPointStream(getEndPoint())) {
        stream.limitReadsTogether(FIRST_WORDS);
        if (!stream.awaitFirstBytes()) {
          return;
        }
        X509Certificate[] certificates = certificates();
        if (certificates.length == 0) {
          LOG.warn("{} from {} shows no certificate: closed", getProtocol(), from);
          return;
        }
        service.serve(certificates[0], stream, from);
      } catch (IOException broken) {
        LOG.info("{} stream from {} ended: {}", getProtocol(), from, broken.toString());
      } catch (RuntimeException ourMistake) {
        LOG.error("{} stream from {} failed", getProtocol(), from, ourMistake);
      } finally {
        places.release();
      }
    }

    private X509Certificate[] certificates() {
      EndPoint.SslSessionData data = getEndPoint().getSslSessionData();
      X509Certificate[] none = {};
      X509Certificate[] shown = data == null ? none : data.peerCertificates();
      return shown == null ? none : shown;
    }
  }
}
