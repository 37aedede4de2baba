package understudy.node;

import java.time.Duration;
import java.util.Optional;
import understudy.failover.Arbiter.Granting;
import understudy.failover.Ballot;
import understudy.failover.Election;
import understudy.failover.Election.Away;
import understudy.failover.Election.StoreView;
import understudy.failover.Electorate;
import understudy.failover.Heartbeat;
import understudy.failover.NodeName;
import understudy.failover.Policy;
import understudy.failover.Sighting;
import understudy.failover.State;
import understudy.time.Moment;

/** What an operator should know of the arbiter: who grants mandates, and how many may be lost. */
final class VoterChecks {
  private final Policy policy;
  private final State state;
  private final Moment at;

  /** Where findings go. */
  interface Page {
    void add(
        String group, String name, String result, boolean blocking, String evidence, String fix);
  }

  VoterChecks(Policy policy, State state, Moment at) {
    this.policy = policy;
    this.state = state;
    this.at = at;
  }

  void tell(Page page) {
    switch (policy.arbiter().granting()) {
      case Granting.Proven _ ->
          page.add(
              "automation",
              "arbiter peer",
              "warn",
              false,
              "when only the path between the nodes breaks, and hides the service address too, both may serve",
              "several links; or arbiter: majority with a witness; or on-failure: ask");
      case Granting.Voted(Electorate electorate) -> voters(page, electorate);
      case Granting.Stored(_, var failsafe) -> store(page, failsafe.isPresent());
    }
  }

  private void voters(Page page, Electorate electorate) {
    int reached = 0;
    for (NodeName voter : electorate.voters()) {
      if (voter.equals(policy.self())) {
        reached += state.durable().vote().isPresent() ? 1 : 0;
        own(page);
        continue;
      }
      boolean heard = isHeard(voter);
      reached += heard ? 1 : 0;
      page.add(
          "voters",
          "voter " + voter,
          heard ? "pass" : "fail",
          false,
          heard ? "heard, " + promise(voter) : "silent",
          heard
              ? ""
              : "understudy pair test; when it lost its disk: understudy node replace " + voter);
    }
    int spare = reached - electorate.majority();
    page.add(
        "voters",
        "majority",
        spare > 0 ? "pass" : spare == 0 ? "warn" : "fail",
        spare < 0,
        reached
            + " of "
            + electorate.voters().size()
            + " voters are heard, "
            + electorate.majority()
            + " are needed: "
            + (spare < 0 ? "nobody can serve" : spare + " more may be lost"),
        spare > 0
            ? ""
            : electorate.spare() == 0
                ? "enrol a witness: understudy pair invite"
                : "bring the silent voters back");
  }

  private void own(Page page) {
    boolean votes = state.durable().vote().isPresent();
    page.add(
        "voters",
        "voter " + policy.self(),
        votes ? "pass" : "warn",
        false,
        votes ? "votes" : "remembers no vote: it hears the other voters before it votes",
        votes ? "" : "start the other voters");
  }

  private boolean isHeard(NodeName voter) {
    return sighting(voter)
        .filter(sighting -> sighting.isHeard(policy.timing().suspicion(), at))
        .isPresent();
  }

  private Optional<Sighting> sighting(NodeName voter) {
    Election election = state.view().election();
    return Optional.ofNullable(election.heard().get(voter));
  }

  private String promise(NodeName voter) {
    return sighting(voter)
        .flatMap(Sighting::last)
        .map(Heartbeat::votes)
        .flatMap(votes -> votes.ballot().map(Ballot::to))
        .map(to -> "has promised its vote to " + to)
        .orElse("has promised its vote to nobody");
  }

  private void store(Page page, boolean failsafe) {
    StoreView store = state.view().election().store();
    boolean answers = store.away().isEmpty() && store.key().isPresent();
    Duration lease = policy.timing().lease();
    page.add(
        "store",
        "the store answers",
        answers ? "pass" : "fail",
        true,
        answers
            ? store
                    .key()
                    .flatMap(key -> key.holder())
                    .map(holder -> holder + " has the key")
                    .orElse("nobody has the key")
                + ", read within "
                + Verdict.brief(lease)
            : store.away().map(Away::evidence).orElse("it has not answered yet"),
        answers
            ? ""
            : failsafe
                ? "repair the store: meanwhile all nodes must stay in touch"
                : "repair the store: without it no node may serve");
  }
}
