package understudy.pairing;

import java.util.List;
import java.util.Set;
import understudy.config.Endpoint;
import understudy.config.NodeConfig;

/** Where other nodes reach this one. */
public final class OwnAddresses {
  private static final Set<String> ANY = Set.of("0.0.0.0", "::", "*");

  private OwnAddresses() {}

  /**
   * The links with the TLS port; without links, the address listened on when it is a certain one.
   *
   * @param port the port in use
   * @throws IllegalArgumentException when neither says an address
   */
  public static List<Endpoint> of(NodeConfig config, int port) {
    if (!config.links().isEmpty()) {
      return config.links().stream().map(host -> new Endpoint(host, port)).toList();
    }
    if (ANY.contains(config.listen().host())) {
      throw new IllegalArgumentException(
          "node.yaml does not say by which address others reach this node: add links: [ADDRESS]");
    }
    return List.of(new Endpoint(config.listen().host(), port));
  }
}
