package understudy.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import understudy.config.Configuration;
import understudy.failover.Heartbeat;
import understudy.failover.NodeName;
import understudy.failover.Policy;
import understudy.failover.Role;
import understudy.failover.Term;
import understudy.node.Evidence.Descent;
import understudy.sync.plan.Relation;
import understudy.wire.ClusterSecret;
import understudy.wire.Members;
import understudy.wire.Release;

/** The items in their order; the first that tells the nodes apart decides, and all are shown. */
class EvidenceTest {
  private static final NodeName ALPHA = new NodeName("alpha");
  private static final NodeName BETA = new NodeName("beta");

  private static final Descent APART =
      Descent.seen(ALPHA, new TreeMap<>(Map.of(BETA, Relation.DIVERGED)));

  @TempDir Path directory;

  private Policy policy() throws Exception {
    var pair = new PreparedPair(directory, "");
    Configuration configuration = pair.alpha.configuration();
    Members members =
        Members.create(directory, ClusterSecret.random(), List.of(pair.beta.member()));
    return Policies.of(
        configuration.node(),
        configuration.cluster().orElseThrow().config(),
        configuration.cluster().orElseThrow().config().failover().arbiter(),
        Optional.empty(),
        members,
        Release.current());
  }

  private static Heartbeat says(NodeName name, long reign) {
    return new Heartbeat(
        name,
        new Term(7),
        Role.STANDBY,
        new Term(reign),
        true,
        true,
        false,
        "h",
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        "1");
  }

  private static Evidence.Addresses seen(Map<NodeName, List<String>> had, NodeName... unasked) {
    return Evidence.Addresses.seen(new TreeMap<>(had), List.of(unasked));
  }

  @Test
  void whoAloneHasTheSharedAddressComesFirst() throws Exception {
    var addresses = seen(Map.of(ALPHA, List.of(), BETA, List.of("10.0.0.50")));
    var evidence =
        Evidence.weigh(policy(), List.of(says(ALPHA, 7), says(BETA, 6)), addresses, APART);

    assertThat(evidence.survivor()).isEqualTo(BETA);
    assertThat(evidence.items()).hasSize(5).first().isEqualTo("shared IP: beta has 10.0.0.50");
  }

  @Test
  void anAddressThatBothHaveOrThatOneMayHaveTellsNothing() throws Exception {
    var both = seen(Map.of(ALPHA, List.of("10.0.0.50"), BETA, List.of("10.0.0.50")));
    var unknown = seen(Map.of(BETA, List.of("10.0.0.50")), ALPHA);

    assertThat(both.holder()).isEmpty();
    assertThat(unknown.holder()).isEmpty();
    assertThat(unknown.sentence()).isEqualTo("beta has 10.0.0.50; not asked: [alpha]");
    assertThat(seen(Map.of(ALPHA, List.of(), BETA, List.of())).sentence())
        .isEqualTo("nobody has one");
  }

  @Test
  void thenTheNewerDataThenTheDesignation() throws Exception {
    var nothing = seen(Map.of());
    var later = Evidence.weigh(policy(), List.of(says(ALPHA, 6), says(BETA, 7)), nothing, APART);
    var equal = Evidence.weigh(policy(), List.of(says(ALPHA, 7), says(BETA, 7)), nothing, APART);

    assertThat(later.survivor()).isEqualTo(BETA);
    assertThat(later.items())
        .contains("later reign: alpha served last in term 6, beta served last in term 7");
    assertThat(equal.survivor()).isEqualTo(ALPHA);
    assertThat(equal.items()).contains("designation: alpha is primary");
  }

  @Test
  void dataThatComeFromTheOthersAreNewerThoughTheOtherReignedLater() throws Exception {
    var nothing = seen(Map.of());
    List<Heartbeat> candidates = List.of(says(ALPHA, 7), says(BETA, 6));
    var behind = Descent.seen(ALPHA, new TreeMap<>(Map.of(BETA, Relation.BEHIND)));
    var ahead = Descent.seen(ALPHA, new TreeMap<>(Map.of(BETA, Relation.AHEAD)));

    var chosen = Evidence.weigh(policy(), candidates, nothing, behind);

    assertThat(chosen.survivor()).isEqualTo(BETA);
    assertThat(chosen.items()).contains("newer data: beta has all that alpha has, and more");
    assertThat(ahead.newest()).contains(ALPHA);
    assertThat(APART.newest()).isEmpty();
  }

  @Test
  void ofThreeTheOneWithAllDataIsTheNewest() {
    var third = new NodeName("gamma");

    assertThat(stands(Relation.AHEAD, third, Relation.AHEAD).newest()).contains(ALPHA);
    assertThat(stands(Relation.BEHIND, third, Relation.AHEAD).newest()).contains(BETA);
    assertThat(stands(Relation.BEHIND, third, Relation.BEHIND).newest()).isEmpty();
    assertThat(stands(Relation.AHEAD, third, Relation.SAME).newest()).isEmpty();
    assertThat(stands(Relation.SAME, third, Relation.SAME).newest()).isEmpty();
    assertThat(stands(Relation.AHEAD, third, Relation.UNKNOWN).newest()).isEmpty();
  }

  private static Descent stands(Relation toBeta, NodeName third, Relation toThird) {
    return Descent.seen(ALPHA, new TreeMap<>(Map.of(BETA, toBeta, third, toThird)));
  }
}
