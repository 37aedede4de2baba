package understudy.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import understudy.config.ClusterConfig;
import understudy.config.Configuration;
import understudy.failover.Arbiter.Granting;
import understudy.failover.Designation;
import understudy.failover.Electorate;
import understudy.failover.NodeName;
import understudy.wire.ClusterSecret;
import understudy.wire.Members;
import understudy.wire.Release;

/** What the cluster document says about the arbiter reaches the policy. */
class PoliciesTest {
  @TempDir Path directory;

  private Granting granting(String failsafe) throws Exception {
    String lease = "{ arbiter: lease, %s zookeeper: { servers: [127.0.0.1] } }".formatted(failsafe);
    var pair = new PreparedPair(directory, "failover: " + lease + "\n");
    PreparedPair.Side witness = pair.gamma(directory, "", Designation.WITNESS);
    Configuration configuration = pair.alpha.configuration();
    ClusterConfig cluster = configuration.cluster().orElseThrow().config();
    Members members =
        Members.create(
            directory, ClusterSecret.random(), List.of(pair.beta.member(), witness.member()));
    return Policies.of(
            configuration.node(),
            cluster,
            cluster.failover().arbiter(),
            Optional.empty(),
            members,
            Release.current())
        .arbiter()
        .granting();
  }

  @Test
  void withFailsafeAllNodesAndNoWitnessKeepTheHolderServing() throws Exception {
    Granting granting = granting("failsafe: on,");

    var nodes = Set.of(new NodeName("alpha"), new NodeName("beta"));
    assertThat(granting).isEqualTo(new Granting.Stored(10, Optional.of(new Electorate(nodes, 10))));
  }

  @Test
  void withoutFailsafeTheStoreAloneGrants() throws Exception {
    assertThat(granting("")).isEqualTo(new Granting.Stored(10, Optional.empty()));
  }
}
