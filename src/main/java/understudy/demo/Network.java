package understudy.demo;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import understudy.demo.lab.Faults;
import understudy.demo.lab.LabException;
import understudy.demo.lab.Namespaces;

/**
 * Three hosts made of network namespaces: both nodes, joined by two links, and a client outside.
 * The service has a real shared address on the first link, and a gate. Needs root.
 */
final class Network implements Ground {
  static final int LINKS = 2;
  private static final String CLIENT = "client";
  private static final int PORT = 7443;
  private static final int SERVICE_PORT = 7000;
  private static final int SHARED = 100;

  private final Namespaces hosts;

  private Network(Namespaces hosts) {
    this.hosts = hosts;
  }

  static Network open() throws LabException {
    return openWith(List.of());
  }

  /** With further hosts on the same links. */
  static Network openWith(List<String> more) throws LabException {
    List<String> names = new ArrayList<>(NODES);
    names.add(CLIENT);
    names.addAll(more);
    return new Network(Namespaces.create(names, LINKS));
  }

  /** The hosts that it is made of. */
  Namespaces hosts() {
    return hosts;
  }

  Faults faults() {
    return hosts.faults();
  }

  /** Both nodes are deaf for each other's heartbeats, and see each other's addresses. */
  void muteHeartbeats() throws LabException {
    hosts.faults().mute(NODES.getFirst(), NODES.getLast(), PORT);
  }

  /** Ends every fault of the network. */
  void heal() throws LabException {
    hosts.faults().heal(NODES);
  }

  /** The address that moves. */
  InetAddress shared() {
    return hosts.free(0, SHARED);
  }

  /** The command that runs this command where the node is. */
  @Override
  public List<String> inside(String node, List<String> command) {
    return hosts.inside(node, command);
  }

  @Override
  public List<String> outside(List<String> command) {
    return hosts.inside(CLIENT, command);
  }

  /** Nothing: it is a directory like any other. */
  @Override
  public void furnish(String node, Path home) {}

  @Override
  public Site site(String node) {
    List<String> links = new ArrayList<>();
    for (int link = 0; link < LINKS; link++) {
      links.add(hosts.address(node, link).getHostAddress());
    }
    return new Site(
        List.copyOf(links),
        PORT,
        new InetSocketAddress(InetAddress.ofLiteral("0.0.0.0"), SERVICE_PORT),
        "listen: 0.0.0.0:" + PORT + "\n");
  }

  @Override
  public String failover() {
    return "  connectivity-test: [%s, %s]\n"
        .formatted(hosts.gateway(0).getHostAddress(), hosts.gateway(1).getHostAddress());
  }

  @Override
  public String resources() {
    return "  - { shared-ip: %s/24, interface: %s }\n  - { gate: [\"%d/tcp\"] }\n"
        .formatted(shared().getHostAddress(), hosts.device(0), SERVICE_PORT);
  }

  @Override
  public InetSocketAddress service() {
    return new InetSocketAddress(shared(), SERVICE_PORT);
  }

  @Override
  public Map<String, InetSocketAddress> ownServices() {
    Map<String, InetSocketAddress> services = new LinkedHashMap<>();
    NODES.forEach(
        node -> services.put(node, new InetSocketAddress(hosts.address(node, 0), SERVICE_PORT)));
    return services;
  }

  @Override
  public void close() throws LabException {
    hosts.close();
  }
}
