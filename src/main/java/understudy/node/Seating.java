package understudy.node;

import java.io.IOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import understudy.failover.Arbiter;
import understudy.failover.NodeName;
import understudy.failover.Policy;
import understudy.failover.Role;
import understudy.heartbeat.Links;
import understudy.wire.Members;

/**
 * Has a new member count as a voter once it votes: until then nobody must wait for it. A holder
 * needs its vote at once.
 */
final class Seating {
  private static final Logger LOG = LoggerFactory.getLogger(Seating.class);

  private final Members members;
  private final Loop loop;
  private final Links links;
  private final PeerBook book;
  private final Reconfiguration reconfiguration;

  Seating(Members members, Loop loop, Links links, PeerBook book, Reconfiguration reconfiguration) {
    this.members = members;
    this.loop = loop;
    this.links = links;
    this.book = book;
    this.reconfiguration = reconfiguration;
  }

  /** Called every second or so, by one thread. */
  void look() {
    Optional<NodeName> newcomer = members.newcomer();
    if (newcomer.filter(this::mayCount).isEmpty()) {
      return;
    }
    try {
      members.seat();
      LOG.info("{} is heard: from now on it counts as a voter", newcomer.get());
      reconfiguration.membersChanged();
    } catch (IOException full) {
      LOG.error("that {} counts as a voter cannot be saved: {}", newcomer.get(), full.toString());
    }
  }

  private boolean mayCount(NodeName newcomer) {
    Policy policy = loop.failover().policy();
    boolean heard = links.of(newcomer, policy.timing().suspicion()).containsValue(true);
    boolean holds = loop.state().role() == Role.ACTIVE || loop.state().role() == Role.STARTING;
    boolean votes =
        book.of(newcomer)
            .flatMap(entry -> entry.votes().ballot())
            .filter(ballot -> ballot.to().equals(policy.self()))
            .isPresent();
    // Where nobody votes, being heard is all that a newcomer has to show.
    boolean isVoting = !(policy.arbiter().granting() instanceof Arbiter.Granting.Proven);
    return heard && (votes || !holds || !isVoting);
  }
}
