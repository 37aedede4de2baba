package understudy.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import understudy.demo.lab.LabException;
import understudy.time.Clock;

/**
 * Everything on the loopback of this machine, without root: no address can move, so a {@link
 * Forwarder} leads clients to the active node.
 */
final class Loopback implements Ground {
  private static final InetAddress HOST = InetAddress.ofLiteral("127.0.0.1");
  private static final int PORTS_EACH = 3;

  private final Map<String, Site> sites = new LinkedHashMap<>();
  private final Forwarder forwarder;

  private Loopback(List<Integer> ports, Clock clock) throws IOException {
    List<Forwarder.Backend> backends = new ArrayList<>();
    for (int at = 0; at < NODES.size(); at++) {
      List<Integer> own = ports.subList(at * PORTS_EACH, (at + 1) * PORTS_EACH);
      String health = HOST.getHostAddress() + ":" + own.get(2);
      var service = new InetSocketAddress(HOST, own.get(1));
      sites.put(
          NODES.get(at),
          new Site(
              List.of(HOST.getHostAddress()),
              own.get(0),
              service,
              "listen: %s:%d\nhealth-listen: %s\n"
                  .formatted(HOST.getHostAddress(), own.get(0), health)));
      backends.add(
          new Forwarder.Backend(
              NODES.get(at), URI.create("http://" + health + "/health/active"), service));
    }
    forwarder = Forwarder.start(new InetSocketAddress(HOST, 0), backends, clock);
  }

  /** Chooses free ports and begins to forward. */
  static Loopback open(Clock clock) throws IOException {
    return new Loopback(FreePorts.choose(NODES.size() * PORTS_EACH), clock);
  }

  /** Nothing: it is a directory like any other. */
  @Override
  public void furnish(String node, Path home) {}

  @Override
  public Site site(String node) {
    Site site = sites.get(node);
    if (site == null) {
      throw new IllegalArgumentException("no node '" + node + "'");
    }
    return site;
  }

  @Override
  public List<String> inside(String node, List<String> command) {
    return command;
  }

  @Override
  public List<String> outside(List<String> command) {
    return command;
  }

  @Override
  public String failover() {
    return "";
  }

  @Override
  public String resources() {
    return "";
  }

  @Override
  public InetSocketAddress service() {
    return forwarder.address();
  }

  @Override
  public Map<String, InetSocketAddress> ownServices() {
    Map<String, InetSocketAddress> services = new LinkedHashMap<>();
    sites.forEach((node, site) -> services.put(node, site.service()));
    return services;
  }

  @Override
  public void close() throws LabException {
    try {
      forwarder.close();
    } catch (IOException failed) {
      throw new LabException("the forwarder could not be closed", failed);
    }
  }
}
