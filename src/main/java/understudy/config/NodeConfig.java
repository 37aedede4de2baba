package understudy.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import understudy.failover.Designation;
import understudy.failover.NodeName;

/**
 * What {@code node.yaml} says: settings of this machine only.
 *
 * @param listen the one TLS port; heartbeats use the same number over UDP
 * @param health the optional plain-HTTP listener that answers {@code /health/*} only
 * @param links this machine's own addresses that heartbeats use, in the order that pairs them with
 *     the peer's
 * @param state directory of everything that this node remembers: identity, term, history, tree
 *     index
 * @param socket Unix socket of the local API, owner only
 * @param variables what {@code ${name}} in the cluster document means on this machine
 */
public record NodeConfig(
    NodeName name,
    Designation designation,
    Endpoint listen,
    Optional<Endpoint> health,
    List<String> links,
    Path state,
    Path socket,
    Map<String, String> variables) {
  public NodeConfig {
    links = List.copyOf(links);
    variables = Map.copyOf(variables);
  }

  /** Without variables. */
  public NodeConfig(
      NodeName name,
      Designation designation,
      Endpoint listen,
      Optional<Endpoint> health,
      List<String> links,
      Path state,
      Path socket) {
    this(name, designation, listen, health, links, state, socket, Map.of());
  }
}
