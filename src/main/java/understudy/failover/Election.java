package understudy.failover;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Optional;
import understudy.time.Moment;

/**
 * What this node knows of votes, as a candidate and as a voter. Lost with the process; what a voter
 * must remember is in {@link Durable#vote}.
 *
 * @param life tells this life of the process from its others; answers to another life count nothing
 * @param candidacy what this node asks for; empty: it neither seeks nor holds the mandate
 * @param answers for each voter the latest bid of this candidacy that it granted
 * @param promise what this node as a voter has promised
 * @param heard every voter and candidate since this process started
 * @param store what is known of the key in the store
 */
public record Election(
    long life,
    Optional<Candidacy> candidacy,
    Roster<Answer> answers,
    Promise promise,
    Roster<Sighting> heard,
    StoreView store) {

  /**
   * This node wants or holds {@code term}.
   *
   * @param since bids said before are of another wish
   * @param chosenAt when it chose this term
   */
  public record Candidacy(Term term, Moment since, Moment chosenAt) {}

  /** A granted bid, with the moment at which it was sent. */
  public record Answer(Term term, Moment sentAt) {}

  /**
   * A voter's promise.
   *
   * @param ballot empty: it knows none of this life
   * @param until before that no other candidate gets its vote
   */
  public record Promise(Optional<Ballot> ballot, Moment until) {}

  /**
   * The key in the store, as far as it is known.
   *
   * @param key empty: never read since this process started
   * @param since when this version was first seen: who does not renew it for a lease has stopped
   * @param held the latest bid of this candidacy that the store took
   * @param dueAt when the store is asked next
   * @param away why it did not answer last time; empty: it did
   */
  public record StoreView(
      Optional<Register> key,
      Moment since,
      Optional<Answer> held,
      Moment dueAt,
      Optional<Away> away) {

    StoreView heldBy(Optional<Answer> bid) {
      return new StoreView(key, since, bid, dueAt, away);
    }

    StoreView askedAgainAt(Moment moment) {
      return new StoreView(key, since, held, moment, away);
    }

    /** It did not answer; what it failed to answer before that counts as the same absence. */
    StoreView away(Moment at, String evidence) {
      Moment first = away.map(Away::since).orElse(at);
      return new StoreView(key, since, held, dueAt, Optional.of(new Away(first, evidence)));
    }
  }

  /** The store has not answered since then, lastly because of {@code evidence}. */
  public record Away(Moment since, String evidence) {}

  /** Of a process that has just started: as a voter it waits until its former promises are over. */
  static Election fresh(long life, Duration lease, Moment at) {
    return new Election(
        life,
        Optional.empty(),
        Roster.empty(),
        new Promise(Optional.empty(), at.plus(lease)),
        Roster.empty(),
        new StoreView(Optional.empty(), at, Optional.empty(), at, Optional.empty()));
  }

  /** The bid that a heartbeat sent at {@code at} carries. */
  Optional<Bid> bid(Moment at, Duration lease) {
    return candidacy.map(wish -> new Bid(wish.term(), life, at, lease));
  }

  /** When the bid was sent that the last voter needed for a majority has granted; empty: none. */
  public Optional<Moment> provenAt(Electorate electorate) {
    var sentAt = new ArrayList<Moment>(answers.size());
    for (int i = 0; i < answers.size(); i++) {
      if (electorate.voters().contains(answers.name(i))) {
        sentAt.add(answers.value(i).sentAt());
      }
    }
    if (sentAt.size() < electorate.majority()) {
      return Optional.empty();
    }
    sentAt.sort(Comparator.reverseOrder());
    return Optional.of(sentAt.get(electorate.majority() - 1));
  }

  /** When the bid was sent that the last of all voters has granted; empty: some have not. */
  public Optional<Moment> provenByAll(Electorate electorate) {
    Optional<Moment> first = Optional.empty();
    for (NodeName voter : electorate.voters()) {
      Answer answer = answers.find(voter);
      if (answer == null) {
        return Optional.empty();
      }
      if (first.isEmpty() || answer.sentAt().isBefore(first.get())) {
        first = Optional.of(answer.sentAt());
      }
    }
    return first;
  }

  /** The voters who have granted {@code term} and whose promise can still be used at {@code at}. */
  public long grants(Electorate electorate, Duration lease, Term term, Moment at) {
    Duration usable = electorate.usable(lease);
    long granted = 0;
    for (int i = 0; i < answers.size(); i++) {
      Answer answer = answers.value(i);
      if (answer.term().equals(term)
          && at.isBefore(answer.sentAt().plus(usable))
          && electorate.voters().contains(answers.name(i))) {
        granted++;
      }
    }
    return granted;
  }

  /**
   * A voter said that it voted for another since the latest reign of {@code self}: that one may
   * have served, unless it is heard to have had no such reign.
   *
   * @param suspicion who was not heard for longer is silent
   */
  public boolean mayAnotherHaveReigned(Durable own, NodeName self, Duration suspicion, Moment at) {
    for (int i = 0; i < heard.size(); i++) {
      Optional<Votes> votes = heard.value(i).last().map(Heartbeat::votes);
      if (votes.isEmpty() || !votes.get().voted().isAfter(own.reign())) {
        continue;
      }
      Term voted = votes.get().voted();
      Optional<NodeName> to = votes.get().ballot().map(Ballot::to).or(() -> own.votedIn(voted));
      Optional<Heartbeat> candidate =
          to.map(heard::find)
              .filter(sighting -> sighting.isHeard(suspicion, at))
              .flatMap(Sighting::last);
      boolean hadNone = candidate.filter(c -> voted.isAfter(c.reign())).isPresent();
      if (!to.equals(Optional.of(self)) && !hadNone) {
        return true;
      }
    }
    return false;
  }

  Election seeking(Optional<Candidacy> wish) {
    return new Election(life, wish, answers, promise, heard, store);
  }

  /** Asks for nothing any more; what was granted is given up. */
  Election withdrawn() {
    return new Election(life, Optional.empty(), Roster.empty(), promise, heard, store);
  }

  Election answered(NodeName voter, Answer answer) {
    Answer known = answers.find(voter);
    if (known != null && answer.sentAt().isBefore(known.sentAt())) {
      return this;
    }
    return new Election(life, candidacy, answers.with(voter, answer), promise, heard, store);
  }

  Election promising(Promise made) {
    return new Election(life, candidacy, answers, made, heard, store);
  }

  Election hearing(Heartbeat heartbeat, Moment at) {
    var seen = new Sighting(Optional.of(at), at, Optional.of(heartbeat));
    return new Election(
        life, candidacy, answers, promise, heard.with(heartbeat.from(), seen), store);
  }

  Election storing(StoreView known) {
    return new Election(life, candidacy, answers, promise, heard, known);
  }
}
