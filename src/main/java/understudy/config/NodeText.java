package understudy.config;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** {@code node.yaml} as a person would like to find it. */
final class NodeText {
  private NodeText() {}

  static String of(NodeConfig config) {
    String health =
        config
            .health()
            .map(endpoint -> "health-listen: " + Yaml.text(endpoint.toString()))
            .orElse("# health-listen: \"127.0.0.1:7480\"");
    return """
        # Understudy: settings of this machine only.
        # Check after editing: understudy config validate
        node:
          name: %s
          designation: %s              # primary | secondary | dr: who is preferred for serving

        # The one port: console, API and peer over TLS; heartbeats use the same number over UDP.
        listen: %s

        # This machine's own addresses for heartbeats, in the order that pairs them with the peer's.
        links: %s

        # Plain HTTP for load balancers: answers /health/* only.
        %s

        # Everything that this node remembers, and the local API.
        state: %s
        socket: %s

        # What ${name} in the cluster document means on this machine, such as the name of an interface.
        %s
        """
        .formatted(
            Yaml.text(config.name().value()),
            config.designation().word(),
            Yaml.text(config.listen().toString()),
            Yaml.list(config.links()),
            health,
            Yaml.text(config.state().toString()),
            Yaml.text(config.socket().toString()),
            variables(config.variables()));
  }

  private static String variables(Map<String, String> variables) {
    if (variables.isEmpty()) {
      return "# variables: { interface: eth0 }";
    }
    return new TreeMap<>(variables)
        .entrySet().stream()
            .map(entry -> "  " + entry.getKey() + ": " + Yaml.text(entry.getValue()))
            .collect(Collectors.joining("\n", "variables:\n", ""));
  }
}
