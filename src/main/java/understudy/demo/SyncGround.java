package understudy.demo;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import understudy.demo.lab.LabException;
import understudy.demo.lab.Namespaces;

/**
 * Both nodes and every peer program on the loopback of one network namespace, so that its counters
 * see nothing but them. Daemons get the heap that the figures promise. Needs root.
 */
final class SyncGround implements Ground {
  /** The heap of a daemon while it is measured. */
  static final String HEAP = "-Xmx128m";

  private static final String HOST = "bench";
  private static final InetAddress ADDRESS = InetAddress.ofLiteral("127.0.0.1");
  private static final int FIRST_PORT = 7101;
  private static final int SERVICE_PORT = 7000;

  private final Namespaces hosts;

  private SyncGround(Namespaces hosts) {
    this.hosts = hosts;
  }

  static SyncGround open() throws LabException {
    return new SyncGround(Namespaces.create(List.of(HOST), 1));
  }

  /** Nothing: it is a directory like any other. */
  @Override
  public void furnish(String node, Path home) {}

  @Override
  public Site site(String node) {
    int port = FIRST_PORT + NODES.indexOf(node);
    String address = ADDRESS.getHostAddress();
    return new Site(List.of(address), port, service(), "listen: %s:%d\n".formatted(address, port));
  }

  @Override
  public List<String> inside(String node, List<String> command) {
    List<String> fitted =
        command.stream().map(word -> word.startsWith("-Xmx") ? HEAP : word).toList();
    return outside(fitted);
  }

  @Override
  public List<String> outside(List<String> command) {
    return hosts.inside(HOST, command);
  }

  @Override
  public String failover() {
    return "  on-failure: keep-standby\n  primary-timeout: 60s\n";
  }

  @Override
  public String resources() {
    return "";
  }

  @Override
  public InetSocketAddress service() {
    return new InetSocketAddress(ADDRESS, SERVICE_PORT);
  }

  @Override
  public Map<String, InetSocketAddress> ownServices() {
    return Map.of();
  }

  @Override
  public void close() throws LabException {
    hosts.close();
  }
}
