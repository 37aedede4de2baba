package understudy.config;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import understudy.failover.Designation;
import understudy.failover.NodeName;

/** Reads {@code node.yaml}: what this machine alone is told. */
final class NodeReader {
  static final List<String> KEYS =
      List.of("node", "listen", "links", "health-listen", "state", "socket", "variables");
  static final int USUAL_PORT = 7443;

  /** What Java allows, less the dots and digits of the name under which a socket is made. */
  private static final int MOST_SOCKET_PATH_BYTES = 97;

  private static final Endpoint EVERYWHERE = new Endpoint("0.0.0.0", USUAL_PORT);
  private static final Path USUAL_STATE = Path.of("/var/lib/understudy");

  private NodeReader() {}

  static Optional<NodeConfig> read(Section root) {
    Optional<Section> node =
        root.require("node", "{ name: alpha, designation: primary }")
            .flatMap(value -> value.section(List.of("name", "designation")));
    Optional<NodeName> name =
        node.flatMap(section -> section.require("name", "alpha"))
            .flatMap(value -> value.parsed(NodeName::new));
    Optional<Designation> designation =
        node.flatMap(section -> section.require("designation", "primary"))
            .flatMap(value -> value.word(List.of("primary", "secondary", "dr", "witness")))
            .map(NodeReader::designation);
    Endpoint listen =
        root.find("listen").flatMap(value -> value.parsed(Endpoint::parse)).orElse(EVERYWHERE);
    Optional<Endpoint> health =
        root.find("health-listen").flatMap(value -> value.parsed(Endpoint::parse));
    List<String> links = links(root, listen);
    Path state =
        root.find("state").flatMap(value -> value.parsed(Names::absolute)).orElse(USUAL_STATE);
    Path socket =
        root.find("socket")
            .flatMap(value -> value.parsed(Names::absolute))
            .orElse(state.resolve("understudy.sock"));
    checkSocket(root, socket);
    Map<String, String> variables = variables(root);
    if (name.isEmpty() || designation.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new NodeConfig(
            name.get(), designation.get(), listen, health, links, state, socket, variables));
  }

  private static Map<String, String> variables(Section root) {
    return root.find("variables").map(Value::variables).orElse(Map.of());
  }

  private static Designation designation(String word) {
    return switch (word) {
      case "primary" -> Designation.PRIMARY;
      case "secondary" -> Designation.SECONDARY;
      case "witness" -> Designation.WITNESS;
      default -> Designation.DR;
    };
  }

  private static List<String> links(Section root, Endpoint listen) {
    Optional<Value> value = root.find("links");
    if (value.isEmpty()) {
      if (isWildcard(listen.host())) {
        root.self()
            .wrong(
                "the key 'links' is missing and listen is " + listen + " (every address)",
                "write links: [10.0.0.11] with this machine's own addresses");
      }
      return List.of(listen.host());
    }
    List<Value> items = value.get().items();
    if (value.get().isList() && items.isEmpty()) {
      value.get().wrong("heartbeats need at least one address", "write [10.0.0.11]");
    }
    return items.stream().flatMap(item -> item.parsed(NodeReader::link).stream()).toList();
  }

  private static String link(String text) {
    InetAddress address;
    try {
      address = InetAddress.ofLiteral(text);
    } catch (IllegalArgumentException notAnAddress) {
      throw new IllegalArgumentException(
          "'" + text + "' is not an IP address of this machine; write one such as 10.0.0.11",
          notAnAddress);
    }
    if (address.isAnyLocalAddress() || address.isMulticastAddress()) {
      throw new IllegalArgumentException("'" + text + "' is not the address of one machine");
    }
    return text;
  }

  private static boolean isWildcard(String host) {
    return host.equals("0.0.0.0") || host.equals("::") || host.equals("*");
  }

  private static void checkSocket(Section root, Path socket) {
    int bytes = socket.toString().getBytes(StandardCharsets.UTF_8).length;
    if (bytes > MOST_SOCKET_PATH_BYTES) {
      root.find("socket")
          .or(() -> root.find("state"))
          .orElse(root.self())
          .wrong(
              "the socket's path has "
                  + bytes
                  + " bytes, at most "
                  + MOST_SOCKET_PATH_BYTES
                  + " work",
              "write socket: /run/understudy/understudy.sock or another short path");
    }
  }
}
