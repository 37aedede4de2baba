package understudy.node;

import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import understudy.failover.Arbiter;
import understudy.failover.Durable;
import understudy.failover.Electorate;
import understudy.failover.NodeName;
import understudy.failover.PeerPin;
import understudy.failover.Policy;
import understudy.time.Clock;
import understudy.wire.Member;
import understudy.wire.Members;

/**
 * Whether a node or a witness may go. Where voters grant the mandate, only with a majority of those
 * who remain in touch, and one change at a time: then any two majorities, before and after, share a
 * voter.
 */
record Retirement(Loop loop, Members members, Predicate<NodeName> isHeard, Clock clock)
    implements PairingOverApi.Guard {

  @Override
  public Optional<PairingOverApi.Objection> againstRemoving(NodeName name) {
    Policy policy = loop.failover().policy();
    boolean serves =
        StatusBoard.known(policy, loop.state(), clock.now()).stream()
            .anyMatch(beat -> beat.from().equals(name) && beat.mayServe());
    if (serves) {
      return objection(name + " serves: move the role first", "understudy switchover");
    }
    Optional<Durable.Pinned> pinned = PeerPin.of(policy, loop.state().durable());
    if (pinned.filter(it -> it.node().equals(name)).isPresent()) {
      return pinned(pinned.get());
    }
    Optional<NodeName> newcomer = members.newcomer();
    if (newcomer.filter(other -> !other.equals(name)).isPresent()) {
      return objection(
          "one change at a time: " + newcomer.get() + " has joined and was not heard yet",
          "start its daemon, or remove it first");
    }
    return policy.arbiter().granting() instanceof Arbiter.Granting.Voted(Electorate electorate)
        ? withoutMajority(name, policy.self(), electorate, isHeard)
        : Optional.empty();
  }

  /** Whoever serves goes on when it leaves; of several that remain, one would begin beside it. */
  @Override
  public Optional<PairingOverApi.Objection> againstLeaving() {
    List<Member> others = members.peers();
    Optional<Durable.Pinned> pinned = PeerPin.of(loop.failover().policy(), loop.state().durable());
    if (pinned.isPresent()) {
      return pinned(pinned.get());
    }
    boolean holds =
        switch (loop.state().role()) {
          case STARTING, ACTIVE, STOPPING -> true;
          case STANDBY, FROZEN, DETACHED, WITNESS -> false;
        };
    return holds && others.size() > 1
        ? objection(
            "this node serves, and would go on; of %s one would begin beside it"
                .formatted(others.stream().map(Member::name).toList()),
            "understudy switchover, or understudy node remove NAME until one is left")
        : Optional.empty();
  }

  private static Optional<PairingOverApi.Objection> pinned(Durable.Pinned pinned) {
    return objection(
        "the service of %s is pinned until %s, and goes on while its daemon is away"
            .formatted(pinned.node(), pinned.until()),
        "start that daemon; if that machine is off for sure: understudy promote --force");
  }

  private static Optional<PairingOverApi.Objection> withoutMajority(
      NodeName name, NodeName self, Electorate electorate, Predicate<NodeName> isHeard) {
    if (!electorate.voters().contains(name)) {
      return Optional.empty(); // it never counted
    }
    SortedSet<NodeName> remaining = new TreeSet<>(electorate.voters());
    remaining.remove(name);
    List<NodeName> present =
        remaining.stream().filter(voter -> voter.equals(self) || isHeard.test(voter)).toList();
    int majority = new Electorate(remaining, electorate.driftPermille()).majority();
    return present.size() >= majority
        ? Optional.empty()
        : objection(
            "without %s there are %d voters, and only %s of them in touch: a majority of %d must be"
                .formatted(name, remaining.size(), present, majority),
            "start the others first; if they are gone for good: understudy pair leave, and when this"
                + " node does not serve on its own then, understudy promote");
  }

  private static Optional<PairingOverApi.Objection> objection(String why, String fix) {
    return Optional.of(new PairingOverApi.Objection(why, fix));
  }
}
