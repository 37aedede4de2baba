package understudy.failover;

import java.time.Duration;
import java.util.Collections;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
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
    SortedMap<NodeName, Answer> answers,
    Promise promise,
    SortedMap<NodeName, Sighting> heard,
    StoreView store) {

  public Election {
    answers = Collections.unmodifiableSortedMap(new TreeMap<>(answers));
    heard = Collections.unmodifiableSortedMap(new TreeMap<>(heard));
  }

  /** This node wants or holds {@code term}; bids said before {@code since} are of another wish. */
  public record Candidacy(Term term, Moment since) {}

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
   * @param trouble why it did not answer last time
   */
  public record StoreView(
      Optional<Register> key,
      Moment since,
      Optional<Answer> held,
      Moment dueAt,
      Optional<String> trouble) {}

  /** Of a process that has just started: as a voter it waits until its former promises are over. */
  static Election fresh(long life, Duration lease, Moment at) {
    return new Election(
        life,
        Optional.empty(),
        new TreeMap<>(),
        new Promise(Optional.empty(), at.plus(lease)),
        new TreeMap<>(),
        new StoreView(Optional.empty(), at, Optional.empty(), at, Optional.empty()));
  }

  /** The bid that a heartbeat sent at {@code at} carries. */
  Optional<Bid> bid(Moment at) {
    return candidacy.map(wish -> new Bid(wish.term(), life, at));
  }

  /** When the bid was sent that the last voter needed for a majority has granted; empty: none. */
  public Optional<Moment> provenAt(Electorate electorate) {
    return answers.entrySet().stream()
        .filter(answer -> electorate.voters().contains(answer.getKey()))
        .map(answer -> answer.getValue().sentAt())
        .sorted(Comparator.reverseOrder())
        .skip(electorate.majority() - 1)
        .findFirst();
  }

  /** When the bid was sent that the last of all voters has granted; empty: some have not. */
  public Optional<Moment> provenByAll(Electorate electorate) {
    return answers.keySet().containsAll(electorate.voters())
        ? electorate.voters().stream()
            .flatMap(voter -> Optional.ofNullable(answers.get(voter)).stream())
            .map(Answer::sentAt)
            .min(Comparator.naturalOrder())
        : Optional.empty();
  }

  /** The voters who have granted {@code term} and whose promise can still be used at {@code at}. */
  public long grants(Electorate electorate, Duration lease, Term term, Moment at) {
    return answers.entrySet().stream()
        .filter(answer -> electorate.voters().contains(answer.getKey()))
        .map(Map.Entry::getValue)
        .filter(answer -> answer.term().equals(term))
        .filter(answer -> at.isBefore(answer.sentAt().plus(electorate.usable(lease))))
        .count();
  }

  Election seeking(Optional<Candidacy> wish) {
    return new Election(life, wish, answers, promise, heard, store);
  }

  /** Asks for nothing any more; what was granted is given up. */
  Election withdrawn() {
    return new Election(life, Optional.empty(), new TreeMap<>(), promise, heard, store);
  }

  Election answered(NodeName voter, Answer answer) {
    var changed = new TreeMap<>(answers);
    changed.merge(
        voter, answer, (known, newer) -> newer.sentAt().isBefore(known.sentAt()) ? known : newer);
    return new Election(life, candidacy, changed, promise, heard, store);
  }

  Election promising(Promise made) {
    return new Election(life, candidacy, answers, made, heard, store);
  }

  Election hearing(Heartbeat heartbeat, Moment at) {
    var changed = new TreeMap<>(heard);
    changed.put(heartbeat.from(), new Sighting(Optional.of(at), at, Optional.of(heartbeat)));
    return new Election(life, candidacy, answers, promise, changed, store);
  }

  Election storing(StoreView known) {
    return new Election(life, candidacy, answers, promise, heard, known);
  }
}
