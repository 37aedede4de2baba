package understudy.failover.arbiter;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import understudy.failover.Arbiter;
import understudy.failover.Election;
import understudy.failover.Election.Answer;
import understudy.failover.Election.StoreView;
import understudy.failover.Electorate;
import understudy.failover.Policy;
import understudy.failover.Register;
import understudy.failover.Rule;
import understudy.failover.Term;
import understudy.failover.View;
import understudy.time.Moment;

/**
 * A key in a store grants the mandate: held by whoever renews it by compare-and-set, taken over
 * when it was not renewed for a lease, with the term as fencing token. When the store does not
 * answer the holder freezes in time; with failsafe it goes on as long as every other node promises
 * to keep away.
 */
public final class LeaseArbiter implements Arbiter {
  private final int driftPermille;
  private final Optional<Electorate> failsafe;
  private final Granting granting;

  /**
   * An arbiter over one store.
   *
   * @param failsafe all nodes; empty: off
   */
  public LeaseArbiter(int driftPermille, Optional<Electorate> failsafe) {
    this.driftPermille = driftPermille;
    this.failsafe = failsafe;
    this.granting = new Granting.Stored(driftPermille, failsafe);
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

  @Override
  public Moment mandateUntil(Policy policy, View view, Moment at) {
    Duration usable = usable(policy);
    Election election = view.election();
    Optional<Moment> proven = election.store().held().map(Answer::sentAt);
    Optional<Moment> confirmed = failsafe.flatMap(election::provenByAll);
    return proven
        .map(stored -> confirmed.map(all -> Moment.laterOf(stored, all)).orElse(stored))
        .map(sentAt -> sentAt.plus(usable))
        .orElse(at.minus(usable));
  }

  private Duration usable(Policy policy) {
    return Electorate.usable(policy.timing().lease(), driftPermille);
  }

  @Override
  public List<Block> lacking(Claim claim, Term term) {
    StoreView store = claim.view().election().store();
    boolean held =
        store
            .held()
            .filter(answer -> answer.term().equals(term))
            .filter(answer -> claim.at().isBefore(answer.sentAt().plus(usable(claim.policy()))))
            .isPresent();
    return held
        ? List.of()
        : List.of(new Block(Rule.NO_LEASE, "term " + term + ": " + evidence(store)));
  }

  private static String evidence(StoreView store) {
    if (store.away().isPresent()) {
      return "the store does not answer: " + store.away().get().evidence();
    }
    if (store.key().isEmpty()) {
      return "the store has not answered yet";
    }
    Register key = store.key().get();
    String holder = key.holder().map(node -> node + " holds the key").orElse("there is no key");
    return holder + " in term " + key.term() + ", seen unchanged for less than a lease";
  }
}
