package understudy.api;

import java.io.IOException;
import java.net.BindException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.VirtualThreads;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import understudy.config.Endpoint;
import understudy.wire.Greeting;
import understudy.wire.PeerConnection;
import understudy.wire.PeerStream;
import understudy.wire.Tls;

/**
 * Everything that others can call on this node: one TLS port (API and console over HTTP/1.1,
 * members and joining machines over our own protocols, told apart by ALPN), the Unix socket, and
 * the optional plain listener for {@code /health/}.
 */
public final class ApiServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ApiServer.class);
  private static final int MOST_CONNECTIONS = 2000;
  private static final int MOST_MEMBER_STREAMS = 64;
  private static final int MOST_JOINING_STREAMS = 4;
  private static final int LARGEST_HEADERS_BYTES = 8 * 1024;
  private static final long IDLE_MILLIS = 30_000;
  private static final long STOP_MILLIS = 500;
  private static final int THREAD_IDLE_MILLIS = 60_000;

  /** As browsers offer it; Jetty's own name of the factory is in upper case. */
  private static final String HTTP_PROTOCOL = "http/1.1";

  private static final String SECURE = "tls";
  private static final String LOCAL = "local";
  private static final String HEALTH = "health";

  private final ApiParts parts;
  private final Server server;
  private final ServerConnector secure;
  private final EventHub hub;
  private final List<Route> routes;

  /** Wires the server; nothing listens before {@link #start}. */
  public ApiServer(ApiParts parts) {
    this.parts = parts;
    this.server = new Server(threads());
    Sessions sessions = new Sessions(parts.clock());
    SignIn signIn = new SignIn(parts.users(), sessions, new Lockout(parts.clock()));
    this.hub = new EventHub(parts.node());
    this.routes = routes(signIn, sessions);
    this.secure = secureConnector();
    server.addConnector(secure);
    server.addConnector(localConnector());
    parts.config().health().ifPresent(at -> server.addConnector(healthConnector(at)));
    server.setHandler(new Router(routes, new Callers(sessions, LOCAL), HEALTH));
    server.addBean(new NetworkConnectionLimit(MOST_CONNECTIONS, server));
    // Not gracefully: a stream between nodes has no natural end to wait for.
    server.setStopTimeout(0);
  }

  private List<Route> routes(SignIn signIn, Sessions sessions) {
    List<Route> all = new ArrayList<>(new HealthCalls(parts.node()).routes());
    all.addAll(new ApiCalls(parts.node(), parts.pairing()).routes());
    all.addAll(new DataRoutes(parts.data()).routes());
    all.addAll(new ConfigCalls(parts.documents()).routes());
    all.add(new EventStream(parts.node(), hub, sessions).route());
    all.addAll(new SignInCalls(signIn).routes());
    all.addAll(new ConsolePages(parts.node(), signIn).routes());
    return List.copyOf(all);
  }

  List<Route> routes() {
    return routes;
  }

  /** Listens on all doors. Throws with what to do when a port or the socket is taken. */
  public void start() throws IOException {
    try {
      server.start();
    } catch (Exception failed) {
      close();
      throw explained(failed);
    }
    LOG.info("listening on {} port {} and on {}", parts.config().listen(), port(), socket());
  }

  private IOException explained(Exception failed) {
    for (Throwable cause = failed; cause != null; cause = cause.getCause()) {
      if (cause instanceof BindException) {
        return new IOException(
            "cannot listen on "
                + parts.config().listen()
                + parts.config().health().map(at -> " or " + at).orElse("")
                + ": "
                + cause.getMessage()
                + "; see who does: ss -ltnp",
            failed);
      }
    }
    return failed instanceof IOException known
        ? known
        : new IOException("the server did not start: " + failed.getMessage(), failed);
  }

  /** The TLS port in use: what the kernel chose when the configuration says 0. */
  public int port() {
    return secure.getLocalPort();
  }

  private String socket() {
    return parts.config().socket().toString();
  }

  /** Stops listening and ends every connection within about a second. May be called twice. */
  @Override
  public void close() {
    hub.close();
    try {
      server.stop();
    } catch (Exception failed) {
      LOG.warn("the server did not stop cleanly", failed);
    }
  }

  private static QueuedThreadPool threads() {
    // Selectors on platform threads, handlers on virtual ones: a blocked handler costs no thread.
    // With a queue of its own: Jetty's asks the whole management of the JVM for one of its options.
    QueuedThreadPool threads =
        new QueuedThreadPool(16, 4, THREAD_IDLE_MILLIS, new LinkedBlockingQueue<>());
    threads.setName("http");
    threads.setDaemon(true);
    threads.setStopTimeout(STOP_MILLIS);
    threads.setVirtualThreadsExecutor(VirtualThreads.getNamedVirtualThreadsExecutor("http-"));
    return threads;
  }

  private ServerConnector secureConnector() {
    SslContextFactory.Server tls = new SslContextFactory.Server();
    tls.setSslContext(Tls.listening(parts.identity()));
    tls.setWantClientAuth(true);
    tls.setSniRequired(false);
    tls.setEndpointIdentificationAlgorithm(null);
    tls.setIncludeProtocols("TLSv1.2", "TLSv1.3");
    tls.setRenegotiationAllowed(false);
    HttpConnectionFactory http = http(true);
    ALPNServerConnectionFactory alpn =
        new ALPNServerConnectionFactory(Tls.PEER_PROTOCOL, Tls.PAIRING_PROTOCOL, HTTP_PROTOCOL);
    alpn.setDefaultProtocol(HTTP_PROTOCOL);
    ServerConnector connector =
        new SecureConnector(
            server,
            new SslConnectionFactory(tls, alpn.getProtocol()),
            alpn,
            new NodeConnections(Tls.PEER_PROTOCOL, MOST_MEMBER_STREAMS, this::serveMember),
            new NodeConnections(
                Tls.PAIRING_PROTOCOL,
                MOST_JOINING_STREAMS,
                (certificate, stream, from) -> parts.strangers().accept(certificate, stream)),
            http);
    place(connector, SECURE, parts.config().listen());
    return connector;
  }

  private UnixSocketConnector localConnector() {
    UnixSocketConnector connector =
        new UnixSocketConnector(server, parts.config().socket(), http(false));
    connector.setName(LOCAL);
    connector.setIdleTimeout(IDLE_MILLIS);
    return connector;
  }

  private ServerConnector healthConnector(Endpoint at) {
    ServerConnector connector = new ServerConnector(server, 1, 1, http(false));
    place(connector, HEALTH, at);
    return connector;
  }

  private static void place(ServerConnector connector, String name, Endpoint at) {
    connector.setName(name);
    connector.setHost(at.host());
    connector.setPort(at.port());
    connector.setIdleTimeout(IDLE_MILLIS);
    connector.setAcceptedTcpNoDelay(true);
  }

  private static HttpConnectionFactory http(boolean isSecure) {
    HttpConfiguration configuration = new HttpConfiguration();
    configuration.setSendServerVersion(false);
    configuration.setRequestHeaderSize(LARGEST_HEADERS_BYTES);
    configuration.setRelativeRedirectAllowed(true);
    if (isSecure) {
      // Nodes are reached by address and by names that their certificate need not list.
      configuration.addCustomizer(new SecureRequestCustomizer(false));
    }
    return new HttpConnectionFactory(configuration);
  }

  private void serveMember(X509Certificate certificate, PeerStream stream, String from)
      throws IOException {
    switch (parts.greeting().answer(certificate, stream)) {
      case Greeting.Answered.TurnedAway away -> LOG.warn("turned away {}: {}", from, away.why());
      case Greeting.Answered.Welcome welcome -> {
        stream.limitReads(Duration.ZERO);
        parts
            .peers()
            .accept(
                new PeerConnection(welcome.member(), welcome.purpose(), welcome.release(), stream));
      }
    }
  }
}
