package understudy.api;

import java.io.IOException;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import understudy.config.Endpoint;
import understudy.config.NodeConfig;
import understudy.failover.Designation;
import understudy.failover.NodeName;
import understudy.time.Clock;
import understudy.time.Moment;
import understudy.wire.ClusterSecret;
import understudy.wire.Frames;
import understudy.wire.Greeting;
import understudy.wire.Identity;
import understudy.wire.Members;
import understudy.wire.PeerConnection;
import understudy.wire.Release;

/** A server on loopback with a fixed node behind it, and clients for it. */
final class RunningApi implements AutoCloseable {
  static final String PASSWORD = "correct horse";

  private static byte[] usersFile = {};

  final ShownNode node = new ShownNode();
  final TurnableClock clock = new TurnableClock();
  final Identity identity;
  final Members members;
  final Path socket;
  final ApiServer server;
  final int healthPort;
  final List<PeerConnection> accepted = new CopyOnWriteArrayList<>();
  final HttpClient browser;

  RunningApi(Path state) throws Exception {
    this(state, 0, Optional.empty());
  }

  RunningApi(Path state, int port, Optional<Integer> health) throws Exception {
    NodeName alpha = new NodeName("alpha");
    identity = Identity.create(alpha, List.of("127.0.0.1"));
    members = Members.create(state, ClusterSecret.random(), List.of());
    socket = state.resolve("u.sock");
    healthPort = health.orElse(0);
    Users users = users(state);
    server =
        new ApiServer(
            new ApiParts(
                new NodeConfig(
                    alpha,
                    Designation.PRIMARY,
                    new Endpoint("127.0.0.1", port),
                    health.map(free -> new Endpoint("127.0.0.1", free)),
                    List.of(),
                    state,
                    socket),
                identity,
                new Greeting(identity, alpha, Release.current(), members),
                node,
                this::echo,
                (certificate, stream) -> Frames.write(stream.out(), new byte[] {42}),
                new NoPairing(),
                new NoData(),
                new ShownDocument(),
                users,
                clock));
    server.start();
    browser =
        HttpClient.newBuilder().sslContext(trusting()).version(HttpClient.Version.HTTP_1_1).build();
  }

  /** Hashing is slow on purpose, so it is done once for all tests. */
  private static synchronized Users users(Path state) throws IOException {
    Users users = new Users(state);
    if (usersFile.length == 0) {
      users.put("admin", Access.ADMIN, PASSWORD.toCharArray());
      users.put("olga", Access.OPERATOR, PASSWORD.toCharArray());
      users.put("vera", Access.VIEWER, PASSWORD.toCharArray());
      usersFile = Files.readAllBytes(Users.file(state));
    }
    Files.write(Users.file(state), usersFile);
    return users;
  }

  /** Sends every frame back until the peer ends the stream. */
  private void echo(PeerConnection connection) throws IOException {
    accepted.add(connection);
    while (true) {
      Frames.write(connection.out(), Frames.read(connection.in(), 1 << 20));
    }
  }

  HttpResponse<String> get(String path, String... headers) throws Exception {
    return send("GET", path, "", headers);
  }

  HttpResponse<String> post(String path, String body, String... headers) throws Exception {
    return send("POST", path, body, headers);
  }

  HttpResponse<String> send(String method, String path, String body, String... headers)
      throws Exception {
    return browser.send(request(method, path, body, headers), BodyHandlers.ofString());
  }

  HttpRequest request(String method, String path, String body, String... headers) {
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + server.port() + path))
            .timeout(Duration.ofSeconds(20))
            .method(
                method,
                body.isEmpty()
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body));
    if (headers.length > 0) {
      builder.headers(headers);
    }
    return builder.build();
  }

  /** Headers of a signed-in program: cookie and token. */
  String[] signIn(String user) throws Exception {
    HttpResponse<String> answer =
        post("/api/v1/sign-in", "{\"user\":\"" + user + "\",\"password\":\"" + PASSWORD + "\"}");
    String cookie = answer.headers().firstValue("Set-Cookie").orElseThrow().split(";", 2)[0];
    String token = answer.body().replaceAll(".*\"token\":\"([^\"]+)\".*", "$1");
    return new String[] {"Cookie", cookie, "X-Understudy-Token", token};
  }

  /** One request over the Unix socket: status line, headers and body as they came. */
  String local(String method, String path, String body) throws IOException {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(socket));
      String request =
          method
              + " "
              + path
              + " HTTP/1.1\r\nHost: local\r\nConnection: close\r\nContent-Length: "
              + body.length()
              + "\r\n\r\n"
              + body;
      channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.UTF_8)));
      return new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Override
  public void close() {
    browser.shutdownNow();
    server.close();
  }

  static SSLContext trusting() throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {new Anything()}, null);
    return context;
  }

  /** Time that the test turns. */
  static final class TurnableClock implements Clock {
    private final AtomicLong nanos = new AtomicLong();

    @Override
    public Moment now() {
      return new Moment(nanos.get());
    }

    @Override
    public Instant wall() {
      return ShownNode.NOON.plusNanos(nanos.get());
    }

    void turn(Duration by) {
      nanos.addAndGet(by.toNanos());
    }
  }

  private static final class NoPairing implements PairingCalls {
    @Override
    public PairViews.Invitation invite() {
      return new PairViews.Invitation("understudy:AAAA", ShownNode.NOON);
    }

    @Override
    public List<PairViews.Reach> test() {
      return List.of();
    }

    @Override
    public PairViews.Leave remove(String node, boolean dryRun) throws NotPossible {
      if (!node.equals("beta")) {
        throw new NotPossible(
            "there is no node " + node, "see status", new IllegalArgumentException());
      }
      return new PairViews.Leave(dryRun ? "planned" : "done", List.of("beta is revoked"));
    }

    @Override
    public PairViews.Leave leave(boolean dryRun) {
      return new PairViews.Leave(dryRun ? "planned" : "done", List.of("alpha becomes standalone"));
    }
  }

  private static final class Anything extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
