package understudy.demo;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import understudy.time.Clock;

/**
 * The way from clients to the active node where no shared address can be had: forwards each TCP
 * connection on one loopback port to the service of the node whose {@code /health/active} says yes,
 * and closes the connections to a node that is active no more. While no node is active, or the
 * service refuses, a new connection is closed at once.
 */
public final class Forwarder implements AutoCloseable {
  private static final int CONNECTION_LIMIT = 512;
  private static final int BACKLOG = 512;

  /**
   * A node to forward to. Both addresses are of the loopback: certificates are not checked.
   *
   * @param health its {@code /health/active}, by http or https
   * @param service where its own service listens
   */
  public record Backend(String node, URI health, InetSocketAddress service) {
    public Backend {
      LoopbackClient.check(health);
      if (!service.getAddress().isLoopbackAddress()) {
        throw new IllegalArgumentException(service + " is not of the loopback");
      }
    }
  }

  private final ServerSocket server;
  private final LoopbackClient client = new LoopbackClient();
  private final List<ActiveProbe> probes = new ArrayList<>();
  private final Set<Splice> splices = ConcurrentHashMap.newKeySet();

  private Forwarder(ServerSocket server) {
    this.server = server;
  }

  /**
   * Starts asking and forwarding.
   *
   * @param listen port 0: the kernel chooses
   * @throws IOException when it cannot listen there
   */
  public static Forwarder start(InetSocketAddress listen, List<Backend> backends, Clock clock)
      throws IOException {
    Forwarder forwarder =
        new Forwarder(new ServerSocket(listen.getPort(), BACKLOG, listen.getAddress()));
    for (Backend backend : backends) {
      forwarder.probes.add(
          new ActiveProbe(backend, forwarder.client, clock, forwarder::reconsider));
    }
    forwarder.probes.forEach(ActiveProbe::start);
    Thread.ofVirtual().name("forwarder").start(forwarder::accept);
    return forwarder;
  }

  /** Where clients connect. */
  public InetSocketAddress address() {
    return new InetSocketAddress(server.getInetAddress(), server.getLocalPort());
  }

  /** The node that connections go to now; of two that claim to be active, the later one. */
  public Optional<String> active() {
    return chosen().map(Backend::node);
  }

  private Optional<Backend> chosen() {
    return probes.stream()
        .filter(probe -> probe.activeSince().isPresent())
        .max(Comparator.comparing(probe -> probe.activeSince().orElseThrow()))
        .map(ActiveProbe::backend);
  }

  private void reconsider() {
    Optional<Backend> chosen = chosen();
    for (Splice splice : splices) {
      if (chosen.filter(splice.backend()::equals).isEmpty()) {
        splice.cut();
      }
    }
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        Thread.ofVirtual().start(() -> forward(client));
      } catch (IOException e) {
        if (!server.isClosed()) {
          System.err.println("forwarder: a connection could not be taken: " + e.getMessage());
        }
      }
    }
  }

  private void forward(Socket client) {
    Optional<Backend> backend = chosen();
    if (backend.isEmpty() || splices.size() >= CONNECTION_LIMIT) {
      Splice.reset(client);
      return;
    }
    try (Splice splice = new Splice(client, backend.get())) {
      splices.add(splice);
      // a node that stopped being active before this line is seen here, one after it by reconsider
      if (chosen().equals(backend)) {
        splice.run();
      }
      splices.remove(splice);
    }
  }

  @Override
  public void close() throws IOException {
    probes.forEach(ActiveProbe::close);
    server.close();
    splices.forEach(Splice::cut);
    client.close();
  }
}
