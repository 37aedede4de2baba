package understudy.resource.gate;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.stream.Collectors;
import understudy.config.ResourceConfig;
import understudy.config.ResourceConfig.GatedPort;

/**
 * What stands behind the gate.
 *
 * @param addresses closed for everything: the shared IPs
 * @param ports closed one by one
 */
public record Protection(List<InetAddress> addresses, List<GatedPort> ports) {
  public Protection {
    addresses = List.copyOf(addresses);
    ports = List.copyOf(ports);
  }

  /** All shared IPs and gated ports of a configuration. */
  public static Protection of(List<ResourceConfig> resources) {
    SequencedSet<InetAddress> addresses = new LinkedHashSet<>();
    SequencedSet<GatedPort> ports = new LinkedHashSet<>();
    for (ResourceConfig resource : resources) {
      switch (resource) {
        case ResourceConfig.SharedIp shared -> addresses.add(shared.address());
        case ResourceConfig.Gate gate -> ports.addAll(gate.ports());
        case ResourceConfig.Unit _, ResourceConfig.Supervised _, ResourceConfig.Script _ -> {}
      }
    }
    return new Protection(List.copyOf(addresses), List.copyOf(ports));
  }

  public boolean isEmpty() {
    return addresses.isEmpty() && ports.isEmpty();
  }

  /** Elements for a set of addresses, in nft's language. */
  String addressElements(boolean v6) {
    return addresses.stream()
        .filter(address -> address instanceof Inet6Address == v6)
        .map(InetAddress::getHostAddress)
        .collect(Collectors.joining(", "));
  }

  /** Elements for a set of address, protocol and port. */
  String endpointElements(boolean v6) {
    return ports.stream()
        .filter(port -> port.address().isPresent())
        .filter(port -> port.address().get() instanceof Inet6Address == v6)
        .map(port -> port.address().get().getHostAddress() + " . " + portElement(port))
        .collect(Collectors.joining(", "));
  }

  /** Elements for a set of protocol and port. */
  String portElements() {
    return ports.stream()
        .filter(port -> port.address().isEmpty())
        .map(Protection::portElement)
        .collect(Collectors.joining(", "));
  }

  private static String portElement(GatedPort port) {
    String protocol =
        switch (port.protocol()) {
          case TCP -> "tcp";
          case UDP -> "udp";
        };
    return protocol + " . " + port.port();
  }
}
