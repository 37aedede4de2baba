package understudy.failover;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import understudy.failover.Arbiter.Granting;
import understudy.failover.Election.Answer;
import understudy.failover.Election.Candidacy;
import understudy.failover.Election.Promise;
import understudy.failover.Heartbeat.Stage;
import understudy.failover.Situation.StopCause.HandingOver;

/**
 * The part of every step that is about votes: as a candidate, count what voters granted; as a
 * voter, promise the vote to one candidate at a time.
 *
 * <p>A promise lasts one lease on the voter's clock from when it was given; its holder uses a
 * little less, on its own clock, from when it asked. So the holder has stopped before the voter may
 * promise anew, whatever the clocks say, as long as their rates differ by less than the drift.
 */
final class Voting {
  private Voting() {}

  /** Takes in what a member says: its answers to this node, and what it asks for. */
  static void hear(Turn turn, Heartbeat heartbeat) {
    Optional<Electorate> electorate = electorate(turn.policy);
    NodeName from = heartbeat.from();
    boolean counts = isVoter(turn.policy, from);
    if (electorate.isEmpty() || !(counts || turn.policy.peers().containsKey(from))) {
      return;
    }
    Election election = turn.view.election().hearing(heartbeat, turn.at);
    Optional<Ballot> ballot = heartbeat.votes().ballot();
    if (counts) {
      if (mayHaveSupportedAnother(turn, from, ballot)) {
        turn.view = turn.view.servedUnheard(turn.at);
      }
      Optional<Bid> granted =
          ballot
              .filter(given -> given.to().equals(turn.policy.self()))
              .map(Ballot::bid)
              .filter(bid -> isOwn(turn, bid));
      if (granted.isPresent()) {
        Bid bid = granted.get();
        election = election.answered(from, new Answer(bid.term(), bid.sentAt()));
      }
    }
    turn.view = turn.view.withElection(election);
  }

  /**
   * It says that another renewed its promise; or it was silent and may have let one do so. The same
   * promise as before shows that nobody did.
   */
  private static boolean mayHaveSupportedAnother(
      Turn turn, NodeName voter, Optional<Ballot> ballot) {
    Optional<Sighting> before = Optional.ofNullable(turn.view.election().heard().find(voter));
    Optional<Ballot> known =
        before.flatMap(Sighting::last).map(Heartbeat::votes).flatMap(Votes::ballot);
    if (ballot.isPresent() && ballot.equals(known)) {
      return false;
    }
    boolean isHeard =
        before.filter(seen -> seen.isHeard(turn.timing.suspicion(), turn.at)).isPresent();
    boolean fewAreEnough = turn.policy.arbiter().granting() instanceof Granting.Voted;
    return (fewAreEnough && !isHeard)
        || ballot.filter(given -> !given.to().equals(turn.policy.self())).isPresent();
  }

  static boolean isVoter(Policy policy, NodeName name) {
    return electorate(policy).filter(voters -> voters.voters().contains(name)).isPresent();
  }

  /** Not of an earlier life, nor of an earlier wish that was given up, nor from the future. */
  private static boolean isOwn(Turn turn, Bid bid) {
    Election election = turn.view.election();
    return bid.life() == election.life()
        && !bid.sentAt().isAfter(turn.at)
        && election
            .candidacy()
            .filter(candidacy -> !bid.sentAt().isBefore(candidacy.since()))
            .isPresent();
  }

  /** Asks for the mandate, or goes on asking; true once it is granted. */
  static boolean wins(Turn turn, Term wanted) {
    Granting granting = turn.policy.arbiter().granting();
    if (granting instanceof Granting.Proven) {
      return true;
    }
    turn.seeks = true;
    Term free = Term.latestOf(wanted, freeTerm(turn));
    Candidacy candidacy =
        turn.view.election().candidacy().orElseGet(() -> new Candidacy(free, turn.at, turn.at));
    boolean isPassed = wanted.isAfter(candidacy.term()) || isOutvoted(turn, candidacy.term());
    if (isPassed && mayChooseAgain(turn, candidacy)) {
      candidacy = new Candidacy(free, candidacy.since(), turn.at);
      isPassed = false;
    }
    turn.view = turn.view.withElection(turn.view.election().seeking(Optional.of(candidacy)));
    if (granting instanceof Granting.Voted(Electorate electorate)) {
      vote(turn, electorate);
    }
    return !isPassed && lacking(turn).isEmpty();
  }

  /**
   * Who does not hear the holder, while that one hears it, would go above its term at once, and the
   * holder above this one. A holder has no time to lose; who has the votes has no holder against
   * it.
   */
  private static boolean mayChooseAgain(Turn turn, Candidacy candidacy) {
    return turn.isHolding()
        || turn.isDue(candidacy.chosenAt().plus(turn.timing.suspicion()))
        || lacking(turn).isEmpty();
  }

  /** What the mandate that this node seeks still lacks. */
  static List<Arbiter.Block> lacking(Turn turn) {
    var claim = new Arbiter.Claim(turn.policy, turn.durable, turn.view, turn.at);
    return turn.policy.arbiter().lacking(claim, term(turn));
  }

  /** The term that this node seeks or holds. */
  static Term term(Turn turn) {
    return turn.view.election().candidacy().map(Candidacy::term).orElse(turn.durable.term());
  }

  /** A term in which nobody that this node knows of has voted or reigned. */
  static Term untouchedTerm(Turn turn) {
    return Term.latestOf(turn.nextTerm(), freeTerm(turn));
  }

  /** A term in which no voter that is heard has given its vote. */
  private static Term freeTerm(Turn turn) {
    Term latest = turn.durable.vote().map(Durable.Vote::term).orElse(Term.NONE);
    latest = Term.latestOf(latest, Storing.latest(turn));
    Roster<Sighting> heard = turn.view.election().heard();
    for (int i = 0; i < heard.size(); i++) {
      Sighting sighting = heard.value(i);
      if (sighting.last().isPresent()) {
        latest = Term.latestOf(latest, sighting.last().get().votes().voted());
      }
    }
    return latest.next();
  }

  /** A holder whom a voter can support in a later term only: it asks for one. */
  static boolean isStale(Turn turn) {
    return turn.policy.arbiter().granting() instanceof Granting.Voted
        && turn.view
            .election()
            .candidacy()
            .filter(candidacy -> isOutvoted(turn, candidacy.term()))
            .isPresent();
  }

  /** A voter gave its vote of this term, or of a later one, to somebody else. */
  private static boolean isOutvoted(Turn turn, Term term) {
    NodeName self = turn.policy.self();
    Optional<Durable.Vote> own = turn.durable.vote();
    if ((own.isPresent() && isSpent(own.get(), term, self)) || Storing.isSpent(turn, term)) {
      return true;
    }
    Roster<Sighting> heard = turn.view.election().heard();
    for (int i = 0; i < heard.size(); i++) {
      Sighting sighting = heard.value(i);
      if (sighting.last().isPresent() && isSpent(sighting.last().get().votes(), term, self)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isSpent(Durable.Vote vote, Term term, NodeName self) {
    return vote.term().isAfter(term) || (vote.term().equals(term) && !isFor(vote, self));
  }

  private static boolean isSpent(Votes votes, Term term, NodeName self) {
    if (!votes.voted().equals(term)) {
      return votes.voted().isAfter(term);
    }
    return votes.ballot().isEmpty() || !votes.ballot().get().to().equals(self);
  }

  private static boolean isFor(Durable.Vote vote, NodeName candidate) {
    return vote.to().isPresent() && vote.to().get().equals(candidate);
  }

  /** The end of every step: gives up what is not wanted any more, then votes. */
  static void attend(Turn turn) {
    switch (turn.policy.arbiter().granting()) {
      case Granting.Proven _ -> {}
      case Granting.Voted(Electorate electorate) -> {
        settle(turn);
        vote(turn, electorate);
      }
      case Granting.Stored(_, var failsafe) -> {
        settle(turn);
        failsafe.ifPresent(electorate -> vote(turn, electorate));
        Storing.ask(turn);
      }
    }
  }

  /** A bid lasts as long as the mandate is held, or sought on every look. */
  private static void settle(Turn turn) {
    Election election = turn.view.election();
    if (holds(turn.situation)) {
      if (election.candidacy().isEmpty()) {
        var held = new Candidacy(turn.durable.reign(), turn.at, turn.at);
        turn.view = turn.view.withElection(election.seeking(Optional.of(held)));
      }
    } else if (election.candidacy().isPresent() && !goesOn(turn)) {
      turn.view = turn.view.withElection(election.withdrawn());
    }
  }

  private static boolean goesOn(Turn turn) {
    return !turn.isHolding() && (turn.seeks || !turn.looked);
  }

  private static boolean holds(Situation situation) {
    return switch (situation) {
      case Situation.Starting _, Situation.Active _ -> true;
      case Situation.Stopping(var cause, _) -> cause instanceof HandingOver;
      case Situation.Standby _, Situation.Frozen _, Situation.Witnessing _, Situation.Detached _ ->
          false;
    };
  }

  // As a voter

  private record Candidate(NodeName name, Bid bid) {}

  private static void vote(Turn turn, Electorate electorate) {
    if (!electorate.voters().contains(turn.policy.self()) || turn.isFencing()) {
      return;
    }
    remember(turn, electorate);
    for (Candidate candidate : candidates(turn)) {
      Optional<Ballot> promised = turn.view.election().promise().ballot();
      boolean isNews = promised.isEmpty() || !promised.get().bid().equals(candidate.bid());
      if (isNews && mayPromise(turn, candidate)) {
        promise(turn, candidate);
      }
    }
  }

  /** Without memory it may have voted in any term: the others know of every mandate. */
  private static void remember(Turn turn, Electorate electorate) {
    if (turn.durable.vote().isPresent()) {
      return;
    }
    List<Heartbeat> asked =
        turn.view.election().heard().entrySet().stream()
            .filter(heard -> electorate.voters().contains(heard.getKey()))
            .flatMap(heard -> heard.getValue().last().stream())
            .toList();
    if (asked.size() >= electorate.toAsk()) {
      Term latest = turn.durable.term();
      for (Heartbeat heartbeat : asked) {
        latest = Term.latestOf(latest, heartbeat.votes().voted());
      }
      turn.durable = turn.durable.withVote(new Durable.Vote(latest, reigning(asked, latest)));
    }
  }

  /**
   * Who reigns in a term has won it, so no other can: to vote for it once more is no second vote.
   */
  private static Optional<NodeName> reigning(List<Heartbeat> asked, Term term) {
    return asked.stream()
        .filter(heartbeat -> heartbeat.mayServe() && heartbeat.reign().equals(term))
        .map(Heartbeat::from)
        .findFirst();
  }

  /** Whoever asks now, the one who has the vote already first. */
  private static List<Candidate> candidates(Turn turn) {
    var candidates = new ArrayList<Candidate>(turn.policy.peers().size() + 1);
    Election election = turn.view.election();
    election
        .bid(turn.at, turn.timing.lease())
        .ifPresent(bid -> candidates.add(new Candidate(turn.policy.self(), bid)));
    Roster<Designation> peers = turn.policy.peers();
    for (int i = 0; i < peers.size(); i++) {
      Sighting sighting = election.heard().find(peers.name(i));
      if (sighting != null
          && sighting.last().isPresent()
          && sighting.last().get().votes().bid().isPresent()
          && sighting.isHeard(turn.timing.suspicion(), turn.at)) {
        Bid bid = sighting.last().get().votes().bid().get();
        candidates.add(new Candidate(peers.name(i), bid));
      }
    }
    if (candidates.size() > 1) {
      Optional<NodeName> chosen = turn.durable.vote().flatMap(Durable.Vote::to);
      candidates.sort(
          Comparator.comparing(candidate -> !chosen.equals(Optional.of(candidate.name()))));
    }
    return candidates;
  }

  private static boolean mayPromise(Turn turn, Candidate candidate) {
    Optional<Durable.Vote> cast = turn.durable.vote();
    if (cast.isEmpty()) {
      return false;
    }
    Term voted = cast.get().term();
    if (isFor(cast.get(), candidate.name())) {
      return !voted.isAfter(candidate.bid().term()) && !isPromisedToAnotherLife(turn, candidate);
    }
    return candidate.bid().term().isAfter(voted)
        && (turn.isDue(turn.view.election().promise().until())
            || isReleasedTo(turn, candidate.name()));
  }

  /**
   * The same name in another life may be a copy of that machine: what the former life holds lapses
   * first.
   */
  private static boolean isPromisedToAnotherLife(Turn turn, Candidate candidate) {
    Promise promise = turn.view.election().promise();
    return !turn.isDue(promise.until())
        && promise
            .ballot()
            .filter(ballot -> ballot.to().equals(candidate.name()))
            .filter(ballot -> ballot.bid().life() != candidate.bid().life())
            .isPresent();
  }

  private static Duration boundFor(Turn turn, Bid bid) {
    Duration own = turn.timing.lease();
    return own.compareTo(bid.lease()) >= 0 ? own : bid.lease();
  }

  private static void promise(Turn turn, Candidate candidate) {
    Bid bid = candidate.bid();
    var vote = new Durable.Vote(bid.term(), Optional.of(candidate.name()));
    if (!turn.durable.vote().equals(Optional.of(vote))) {
      turn.durable = turn.durable.withVote(vote);
    }
    var made =
        new Promise(Optional.of(new Ballot(candidate.name(), bid)), turn.in(boundFor(turn, bid)));
    Election election = turn.view.election().promising(made);
    if (candidate.name().equals(turn.policy.self())) {
      election = election.answered(candidate.name(), new Answer(bid.term(), bid.sentAt()));
    }
    turn.view = turn.view.withElection(election);
  }

  /**
   * The one who has the vote said in the same life that it asks for nothing and serves nothing. A
   * later life of it proves nothing: what the former one left open lapses with the promise.
   */
  private static boolean isReleasedTo(Turn turn, NodeName candidate) {
    Optional<Ballot> ballot = turn.view.election().promise().ballot();
    if (ballot.isEmpty()) {
      return false;
    }
    NodeName to = ballot.get().to();
    Optional<NodeName> successor;
    if (to.equals(turn.policy.self())) {
      if (turn.isHolding() || turn.view.election().candidacy().isPresent()) {
        return false;
      }
      successor = turn.durable.offer().map(Durable.Offer::to);
    } else {
      Sighting sighting = turn.view.election().heard().get(to);
      Optional<Heartbeat> last = Optional.ofNullable(sighting).flatMap(Sighting::last);
      long life = ballot.get().bid().life();
      if (last.filter(heartbeat -> isWithdrawal(heartbeat, life)).isEmpty()) {
        return false;
      }
      successor =
          last.flatMap(Heartbeat::handover)
              .filter(handover -> handover.stage() == Stage.RELEASED)
              .map(Heartbeat.Handover::to);
    }
    return successor.map(candidate::equals).orElse(true);
  }

  private static boolean isWithdrawal(Heartbeat heartbeat, long life) {
    return heartbeat.votes().life() == life
        && heartbeat.votes().bid().isEmpty()
        && !heartbeat.mayServe();
  }

  private static Optional<Electorate> electorate(Policy policy) {
    return switch (policy.arbiter().granting()) {
      case Granting.Proven _ -> Optional.empty();
      case Granting.Voted(Electorate electorate) -> Optional.of(electorate);
      case Granting.Stored(_, var failsafe) -> failsafe;
    };
  }
}
