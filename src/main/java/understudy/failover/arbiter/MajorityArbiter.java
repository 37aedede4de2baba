package understudy.failover.arbiter;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import understudy.failover.Arbiter;
import understudy.failover.Ballot;
import understudy.failover.Election;
import understudy.failover.Election.Answer;
import understudy.failover.Electorate;
import understudy.failover.Heartbeat;
import understudy.failover.NodeName;
import understudy.failover.Policy;
import understudy.failover.Rule;
import understudy.failover.Sighting;
import understudy.failover.Term;
import understudy.failover.View;
import understudy.time.Moment;

/**
 * More than half of all registered voters grant the mandate, each for one lease, renewed with every
 * heartbeat. Two majorities share a voter, and a voter promises its vote to one at a time: no two
 * nodes hold unexpired mandates at one instant, whatever the network does.
 */
public final class MajorityArbiter implements Arbiter {
  private final Electorate electorate;
  private final Granting granting;

  public MajorityArbiter(Electorate electorate) {
    this.electorate = electorate;
    this.granting = new Granting.Voted(electorate);
  }

  @Override
  public Granting granting() {
    return granting;
  }

  @Override
  public List<Block> blocks(Claim claim) {
    var blocks = new ArrayList<>(Acquaintance.blocks(claim));
    Service.answers(claim).ifPresent(blocks::add);
    return List.copyOf(blocks);
  }

  /** Counted from when the bid was sent, on this node's clock, and less the drift. */
  @Override
  public Moment mandateUntil(Policy policy, View view, Moment at) {
    Duration lease = policy.timing().lease();
    return view.election()
        .provenAt(electorate)
        .map(sentAt -> sentAt.plus(electorate.usable(lease)))
        .orElse(at.minus(lease));
  }

  @Override
  public List<Block> lacking(Claim claim, Term term) {
    Duration lease = claim.policy().timing().lease();
    long granted = claim.view().election().grants(electorate, lease, term, claim.at());
    if (granted >= electorate.majority()) {
      return List.of();
    }
    var evidence = new StringBuilder();
    evidence.append(granted).append(" of ").append(electorate.majority());
    evidence.append(" votes needed for term ").append(term);
    for (NodeName voter : electorate.voters()) {
      evidence.append(", ").append(voter).append(' ').append(answer(claim, voter, term));
    }
    return List.of(new Block(Rule.NO_MAJORITY, evidence.toString()));
  }

  private static long bound(Claim claim) {
    Moment until = claim.view().election().promise().until();
    return Math.max(0, claim.at().until(until).toMillis());
  }

  private static String answer(Claim claim, NodeName voter, Term term) {
    Election election = claim.view().election();
    Optional<Answer> answer = Optional.ofNullable(election.answers().get(voter));
    if (answer.filter(given -> given.term().equals(term)).isPresent()) {
      return "grants it";
    }
    if (voter.equals(claim.policy().self())) {
      return claim.durable().vote().isEmpty()
          ? "asks the others first what it has voted"
          : "is bound for " + bound(claim) + " ms more";
    }
    Optional<Sighting> sighting = Optional.ofNullable(election.heard().get(voter));
    Duration window = claim.policy().timing().suspicion();
    if (sighting.filter(seen -> seen.isHeard(window, claim.at())).isEmpty()) {
      return "is silent";
    }
    return sighting
        .flatMap(Sighting::last)
        .map(Heartbeat::votes)
        .flatMap(votes -> votes.ballot().map(Ballot::to))
        .map(to -> "has promised " + to)
        .orElse("has not answered");
  }
}
