package understudy.failover;

import static java.time.Duration.ofMillis;
import static understudy.failover.Scene.ALPHA;
import static understudy.failover.Scene.BRAVO;
import static understudy.failover.Scene.TIMING;
import static understudy.failover.Space.NOW;
import static understudy.failover.Space.PAST;
import static understudy.failover.Space.SOON;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import understudy.failover.Arbiter.Granting;
import understudy.failover.Election.Answer;
import understudy.failover.Election.Away;
import understudy.failover.Election.Candidacy;
import understudy.failover.Election.Promise;
import understudy.failover.Election.StoreView;
import understudy.failover.View.Probe;
import understudy.failover.View.Service;
import understudy.failover.arbiter.LeaseArbiter;
import understudy.failover.arbiter.MajorityArbiter;
import understudy.time.Moment;

/**
 * The part of {@link Space} that is about votes and the key in a store. Its states are fewer in all
 * else: the data is always complete, and every view has seen the same network.
 */
final class GrantSpace {
  private static final int DRIFT_PERMILLE = 10;
  private static final NodeName WITNESS = new NodeName("witness");
  private static final Moment JUST_NOW = NOW.minus(ofMillis(100));
  private static final Term REIGN = new Term(3);
  private static final Term LATER = new Term(6);

  private GrantSpace() {}

  /** Bravo of a pair under each arbiter that asks others, and the pair's witness. */
  static List<Policy> policies() {
    var majority = new MajorityArbiter(electorate(Set.of(ALPHA, BRAVO, WITNESS)));
    var failsafe = Optional.of(electorate(Set.of(ALPHA, BRAVO)));
    Map<NodeName, Designation> alpha = Map.of(ALPHA, Designation.PRIMARY);
    return List.of(
        policy(BRAVO, Designation.SECONDARY, alpha, majority),
        policy(
            WITNESS,
            Designation.WITNESS,
            Map.of(ALPHA, Designation.PRIMARY, BRAVO, Designation.SECONDARY),
            majority),
        policy(
            BRAVO,
            Designation.SECONDARY,
            alpha,
            new LeaseArbiter(DRIFT_PERMILLE, Optional.empty())),
        policy(BRAVO, Designation.SECONDARY, alpha, new LeaseArbiter(DRIFT_PERMILLE, failsafe)));
  }

  private static Electorate electorate(Set<NodeName> voters) {
    return new Electorate(voters, DRIFT_PERMILLE);
  }

  private static Policy policy(
      NodeName self, Designation designation, Map<NodeName, Designation> peers, Arbiter arbiter) {
    return new Policy(
        self, designation, peers, TIMING, arbiter, OnFailure.PROMOTE, true, Optional.empty(), "1");
  }

  /** Without memory; reigned with its own vote; voted for another; asks for a later term. */
  static List<Durable> durables() {
    Durable reigned = Durable.FRESH.withReign(REIGN);
    Durable behind = reigned.withTerm(new Term(5));
    return List.of(
        Durable.FRESH,
        reigned.withVote(vote(REIGN, BRAVO)),
        behind.withVote(vote(new Term(5), ALPHA)),
        behind.withVote(vote(LATER, BRAVO)));
  }

  private static Durable.Vote vote(Term term, NodeName to) {
    return new Durable.Vote(term, Optional.of(to));
  }

  static List<View> views(Policy policy) {
    var list = new ArrayList<View>();
    for (Roster<Sighting> peers : Space.rosters(policy)) {
      View booted =
          State.booted(policy, Durable.FRESH, new Standing.Complete("h1", NOW), PAST).view();
      View silent =
          booted.withPeers(peers).withProbe(Probe.seen(JUST_NOW, true, Service.SILENT, "seen"));
      View view = Space.turned(silent, JUST_NOW);
      for (Election election : elections(policy, booted.election())) {
        list.add(view.withElection(election));
      }
    }
    return list;
  }

  private static List<Election> elections(Policy policy, Election fresh) {
    NodeName self = policy.self();
    Election stored = fresh.storing(store(fresh, Register.held(ALPHA, new Term(5), 1), false));
    return switch (policy.arbiter().granting()) {
      case Granting.Proven _ -> List.of(fresh);
      case Granting.Voted _ ->
          List.of(
              fresh,
              granted(asking(fresh, REIGN, self), WITNESS, REIGN),
              asking(fresh, LATER, self),
              supporting(fresh));
      case Granting.Stored(_, var failsafe) -> {
        Election holding = asking(stored, REIGN, self);
        Election seeking = asking(stored, LATER, self);
        Register own = Register.held(BRAVO, REIGN, 1);
        var away = Optional.of(new Away(PAST, "no answer"));
        StoreView held = store(holding, own, true);
        yield List.of(
            failsafe.isPresent() ? supporting(stored) : fresh,
            holding.storing(held),
            granted(holding, ALPHA, REIGN)
                .storing(new StoreView(held.key(), PAST, held.held(), NOW, away)),
            seeking);
      }
    };
  }

  /** It has seen this key for long, and asks the store again now. */
  private static StoreView store(Election election, Register key, boolean taken) {
    Optional<Answer> held =
        taken ? Optional.of(new Answer(key.term(), JUST_NOW)) : election.store().held();
    return new StoreView(Optional.of(key), PAST, held, NOW, Optional.empty());
  }

  /** A candidate that has its own vote. */
  private static Election asking(Election election, Term term, NodeName self) {
    var bid = new Bid(term, election.life(), JUST_NOW, TIMING.lease());
    Election asking =
        election
            .seeking(Optional.of(new Candidacy(term, PAST, PAST)))
            .promising(new Promise(Optional.of(new Ballot(self, bid)), SOON));
    return granted(asking, self, term);
  }

  private static Election granted(Election election, NodeName voter, Term term) {
    return election.answered(voter, new Answer(term, JUST_NOW));
  }

  /** A voter that is bound to alpha. */
  private static Election supporting(Election election) {
    var bid = new Bid(new Term(5), 1, JUST_NOW, TIMING.lease());
    return election
        .hearing(
            says(ALPHA, new Votes(1, Optional.of(bid), Optional.empty(), bid.term())), JUST_NOW)
        .promising(new Promise(Optional.of(new Ballot(ALPHA, bid)), SOON));
  }

  /** Hands every input to {@code taker} that only a node under this arbiter can get. */
  static void inputs(Policy policy, Consumer<Input> taker) {
    switch (policy.arbiter().granting()) {
      case Granting.Proven _ -> {}
      case Granting.Voted _ -> votes(taker);
      case Granting.Stored(_, var failsafe) -> {
        registers(taker);
        if (failsafe.isPresent()) {
          votes(taker);
        }
      }
    }
  }

  /** Bids of alpha, its withdrawal, and ballots for this life of bravo, another and alpha. */
  private static void votes(Consumer<Input> taker) {
    for (Term term : List.of(REIGN, LATER)) {
      var alphas = new Bid(term, 1, JUST_NOW, TIMING.lease());
      heard(taker, ALPHA, new Votes(1, Optional.of(alphas), Optional.empty(), term));
      for (NodeName voter : List.of(ALPHA, WITNESS)) {
        heard(taker, voter, ballot(new Ballot(ALPHA, alphas)));
        for (long life : List.of(PAST.nanos(), 2L)) {
          var bravos = new Bid(term, life, JUST_NOW, TIMING.lease());
          heard(taker, voter, ballot(new Ballot(BRAVO, bravos)));
        }
      }
    }
    heard(taker, ALPHA, new Votes(1, Optional.empty(), Optional.empty(), LATER));
  }

  private static Votes ballot(Ballot ballot) {
    return new Votes(1, Optional.empty(), Optional.of(ballot), ballot.bid().term());
  }

  private static void heard(Consumer<Input> taker, NodeName from, Votes votes) {
    taker.accept(new Input.Heard(NOW, says(from, votes)));
  }

  /** A standby that never served, or a witness. */
  private static Heartbeat says(NodeName from, Votes votes) {
    return new Heartbeat(
        from,
        new Term(5),
        from.equals(WITNESS) ? Role.WITNESS : Role.STANDBY,
        Term.NONE,
        Term.NONE,
        true,
        true,
        false,
        false,
        "h1",
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        "1",
        votes);
  }

  private static void registers(Consumer<Input> taker) {
    taker.accept(new Input.RegisterSeen(NOW, Register.ABSENT));
    taker.accept(new Input.RegisterFailed(NOW, "no answer"));
    for (Term term : List.of(REIGN, LATER)) {
      Register bravos = Register.held(BRAVO, term, 2);
      Register alphas = Register.held(ALPHA, term, 2);
      for (Register key :
          List.of(
              bravos,
              alphas,
              Register.held(ALPHA, term, 1),
              alphas.release(Optional.empty()),
              alphas.release(Optional.of(BRAVO)))) {
        taker.accept(new Input.RegisterSeen(NOW, key));
      }
      taker.accept(new Input.RegisterWritten(NOW, JUST_NOW, bravos));
      taker.accept(new Input.RegisterWritten(NOW, PAST.minus(ofMillis(1)), bravos));
      taker.accept(new Input.RegisterWritten(NOW, JUST_NOW, bravos.release(Optional.of(ALPHA))));
    }
  }
}
