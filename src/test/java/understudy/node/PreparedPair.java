package understudy.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import understudy.FreePort;
import understudy.config.ConfigReader;
import understudy.config.Configuration;
import understudy.config.Endpoint;
import understudy.config.Read;
import understudy.failover.Designation;
import understudy.failover.NodeName;
import understudy.wire.ClusterSecret;
import understudy.wire.Identity;
import understudy.wire.Member;
import understudy.wire.Members;

/** Two nodes on loopback: alpha as init leaves it, beta as joining it. */
final class PreparedPair {
  static final String HOST = "127.0.0.1";
  final Side alpha;
  final Side beta;
  private final ClusterSecret secret = ClusterSecret.random();

  /** One node's directory and port. */
  record Side(NodeName name, Designation designation, Path directory, int port, Identity identity) {
    Member member() {
      return new Member(
          name,
          designation,
          identity.certificate(),
          List.of(new Endpoint(HOST, port)),
          List.of(HOST));
    }

    Path data() {
      return directory.resolve("data");
    }

    Configuration configuration() {
      return switch (ConfigReader.read(directory)) {
        case Read.Valid<Configuration>(Configuration configuration, var _) -> configuration;
        case Read.Invalid<Configuration>(var problems) ->
            throw new IllegalStateException(problems.toString());
      };
    }
  }

  /**
   * Writes both nodes' files.
   *
   * @param cluster what the cluster document says after its name; {@code DATA} becomes the node's
   *     data directory
   */
  PreparedPair(Path directory, String cluster) throws IOException {
    alpha = side(directory, "alpha", Designation.PRIMARY, cluster);
    beta = side(directory, "beta", Designation.SECONDARY, cluster);
    Members.create(state(alpha), secret, List.of());
    Members.create(state(beta), secret, List.of(alpha.member()));
  }

  /** A third node, as joining both leaves it. */
  Side gamma(Path directory, String cluster) throws IOException {
    return gamma(directory, cluster, Designation.DR);
  }

  Side gamma(Path directory, String cluster, Designation designation) throws IOException {
    Side gamma = side(directory, "gamma", designation, cluster);
    Members.create(state(gamma), secret, List.of(alpha.member(), beta.member()));
    return gamma;
  }

  private static Path state(Side side) {
    return side.directory().resolve("state");
  }

  private static Side side(Path parent, String name, Designation designation, String cluster)
      throws IOException {
    Path directory = Files.createDirectories(parent.resolve(name));
    Files.createDirectories(directory.resolve("data"));
    Path state = Files.createDirectories(directory.resolve("state"));
    Identity identity = Identity.create(new NodeName(name), List.of(HOST));
    identity.save(state);
    int port = FreePort.next();
    Files.writeString(
        directory.resolve("node.yaml"),
        """
        node: { name: %s, designation: %s }
        listen: %s:%d
        links: [%s]
        state: %s
        socket: %s
        """
            .formatted(
                name, designation.word(), HOST, port, HOST, state, directory.resolve("socket")));
    Files.writeString(
        directory.resolve("cluster.yaml"),
        "cluster: { name: test }\n"
            + cluster.replace("DATA", directory.resolve("data").toString()));
    return new Side(new NodeName(name), designation, directory, port, identity);
  }
}
