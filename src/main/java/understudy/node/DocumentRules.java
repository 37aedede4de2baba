package understudy.node;

import java.util.stream.Collectors;
import understudy.api.DocumentCalls.Refused;
import understudy.config.ArbiterConfig;
import understudy.config.ClusterConfig;
import understudy.config.ClusterDocument;
import understudy.config.ConfigReader;
import understudy.config.FailoverConfig;
import understudy.config.NodeConfig;
import understudy.config.Problem;
import understudy.config.Read;

/** Which cluster document may follow the one in force. */
final class DocumentRules {
  private DocumentRules() {}

  /** Reads a document that is to follow {@code inForce} on this node; throws why it may not. */
  static Read.Valid<ClusterDocument> valid(String text, NodeConfig node, ClusterConfig inForce)
      throws Refused {
    return switch (ConfigReader.readClusterFor(node, text, ConfigReader.CLUSTER_FILE)) {
      case Read.Valid<ClusterDocument> read -> {
        String name = read.config().config().name();
        if (!name.equals(inForce.name())) {
          throw new Refused(
              Refused.Why.INVALID,
              "the cluster is called '" + inForce.name() + "', not '" + name + "'",
              "a cluster keeps its name for life");
        }
        checkVotes(inForce.failover(), read.config().config().failover());
        yield read;
      }
      case Read.Invalid<ClusterDocument>(var problems) ->
          throw new Refused(
              Refused.Why.INVALID,
              problems.stream().map(Problem::toString).collect(Collectors.joining("\n")),
              "nothing was changed");
    };
  }

  /**
   * Votes and leases that were given out cannot be taken back: what they were reckoned with stays
   * while anybody may hold one.
   */
  private static void checkVotes(FailoverConfig before, FailoverConfig after) throws Refused {
    boolean sameArbiter = before.arbiter().equals(after.arbiter());
    boolean sameTimes =
        before.lease().equals(after.lease())
            && before.primaryTimeout().equals(after.primaryTimeout())
            && before.interval().equals(after.interval())
            && before.failures() == after.failures();
    if (!sameArbiter || (!sameTimes && !(before.arbiter() instanceof ArbiterConfig.Peer))) {
      throw new Refused(
          Refused.Why.NOT_WHILE_RUNNING,
          sameArbiter
              ? "the times cannot change while votes or leases are out"
              : "the arbiter cannot change while the daemons run",
          "stop all daemons, edit cluster.yaml on every node, start them");
    }
  }
}
