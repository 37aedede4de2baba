package understudy.demo;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import understudy.demo.lab.LabException;

/** Where the nodes of the demo and their client stand, and how clients find the service there. */
interface Ground extends AutoCloseable {
  /** The nodes, the designated primary first. */
  List<String> NODES = List.of("alpha", "beta");

  /**
   * What one node is told about its place.
   *
   * @param links its own addresses, the first with {@code port} is where the other node reaches it
   * @param service address and port that its own service listens on
   * @param extra further lines of its {@code node.yaml}
   */
  record Site(List<String> links, int port, InetSocketAddress service, String extra) {}

  Site site(String node);

  /** Prepares the directory of a node, which is empty. Called once for each. */
  void furnish(String node, Path home) throws LabException;

  /** The command that runs this command where the node is. */
  List<String> inside(String node, List<String> command);

  /** The command that runs this command where the client is. */
  List<String> outside(List<String> command);

  /** Lines for the {@code failover:} section, each indented by two. */
  String failover();

  /** Entries of the {@code resources:} section that come before the service. */
  String resources();

  /** Where clients find the service. */
  InetSocketAddress service();

  /** Where each node's own service answers, if it does. */
  Map<String, InetSocketAddress> ownServices();

  @Override
  void close() throws LabException;
}
