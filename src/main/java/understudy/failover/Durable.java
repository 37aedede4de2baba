package understudy.failover;

import java.time.Instant;
import java.util.Optional;

/**
 * What a node must remember across its own death; on disk before anything acts on it. Only {@code
 * knownServed} may come later, when the disk is full.
 *
 * @param term the latest term known
 * @param reign the latest term in which this node held the mandate; {@link Term#NONE}: never
 * @param willing may take the role by itself; false after a demotion, until promoted or another
 *     node serves
 * @param offer the term this node released to another, until that one serves or declines
 * @param clientsHeld new client connections are refused by an operator's wish
 * @param vote this node's latest vote; empty: it has none or has lost its memory, and asks the
 *     other voters before it votes
 * @param pinned another node whose service is not to be taken over; empty: none
 * @param served the latest reign in which this node let clients in; {@link Term#NONE}: never.
 *     Earlier than {@code reign} when that start failed or is under way: no data is of that reign
 * @param knownServed the latest term in which any node is known to have let clients in, this one
 *     included: the newest data is of it
 */
public record Durable(
    Term term,
    Term reign,
    boolean willing,
    Optional<Offer> offer,
    Optional<Pause> pause,
    boolean clientsHeld,
    Optional<Vote> vote,
    Optional<Pinned> pinned,
    Term served,
    Term knownServed) {

  /** A node that has never served and knows nothing. */
  public static final Durable FRESH =
      new Durable(Term.NONE, Term.NONE, true, Optional.empty(), Optional.empty(), false);

  /** Of a node that never voted and served in its latest reign, while no other is pinned. */
  public Durable(
      Term term,
      Term reign,
      boolean willing,
      Optional<Offer> offer,
      Optional<Pause> pause,
      boolean clientsHeld) {
    this(
        term,
        reign,
        willing,
        offer,
        pause,
        clientsHeld,
        Optional.empty(),
        Optional.empty(),
        reign,
        reign);
  }

  public Durable {
    if (reign.isAfter(term)) {
      throw new IllegalArgumentException("reign " + reign + " is after the latest term " + term);
    }
    if (served.isAfter(reign)) {
      throw new IllegalArgumentException("served in " + served + ", after its reign " + reign);
    }
    if (served.isAfter(knownServed)) {
      throw new IllegalArgumentException("served in " + served + ", known is " + knownServed);
    }
  }

  /** A mandate released to {@code to}, who is to serve in {@code term}. */
  public record Offer(long operation, NodeName to, Term term) {}

  /** A voter's latest vote: nobody else gets it in this term or an earlier one. */
  public record Vote(Term term, Optional<NodeName> to) {}

  /** Automation is off; {@code until} is wall time, empty: until resumed. */
  public record Pause(Optional<Instant> until, String reason) {}

  /** That node's service outlives its daemon, until then by the wall clock. */
  public record Pinned(NodeName node, Instant until) {}

  Durable withTerm(Term newTerm) {
    return new Durable(
        newTerm, reign, willing, offer, pause, clientsHeld, vote, pinned, served, knownServed);
  }

  Durable withReign(Term newReign) {
    return new Durable(
        Term.latestOf(term, newReign),
        newReign,
        true,
        Optional.empty(),
        pause,
        clientsHeld,
        vote,
        Optional.empty(), // it was handed over, or a person said that it is not so
        served,
        knownServed);
  }

  /** Who serves goes on in a later term. */
  Durable servingOn(Term later) {
    return withReign(later).serving();
  }

  /** Clients are let in, in the latest reign. */
  Durable serving() {
    Term latest = Term.latestOf(knownServed, reign);
    return new Durable(
        term, reign, willing, offer, pause, clientsHeld, vote, pinned, reign, latest);
  }

  /** A node said that it let clients in in {@code other}. */
  Durable knowing(Term other) {
    return other.isAfter(knownServed)
        ? new Durable(term, reign, willing, offer, pause, clientsHeld, vote, pinned, served, other)
        : this;
  }

  /** The same but for what was heard of others: nothing that this node did or promised differs. */
  public boolean actsLike(Durable other) {
    return knowing(other.knownServed).equals(other.knowing(knownServed));
  }

  /** Nobody is known to have held the mandate after this node. */
  public boolean reignedLast() {
    return reign.equals(term) && !reign.equals(Term.NONE);
  }

  /** The latest vote of {@code self} went to another since its reign: that one may have served. */
  public boolean votedSince(NodeName self) {
    return vote.filter(cast -> cast.term().isAfter(reign))
        .flatMap(Vote::to)
        .filter(other -> !other.equals(self))
        .isPresent();
  }

  /** For whom this node voted in {@code term}; empty: it is not known any more. */
  Optional<NodeName> votedIn(Term term) {
    return vote.filter(cast -> cast.term().equals(term)).flatMap(Vote::to);
  }

  Durable withWilling(boolean isWilling) {
    return willing == isWilling
        ? this
        : new Durable(
            term, reign, isWilling, offer, pause, clientsHeld, vote, pinned, served, knownServed);
  }

  Durable withOffer(Optional<Offer> newOffer) {
    return new Durable(
        term, reign, willing, newOffer, pause, clientsHeld, vote, pinned, served, knownServed);
  }

  Durable withPause(Optional<Pause> newPause) {
    return new Durable(
        term, reign, willing, offer, newPause, clientsHeld, vote, pinned, served, knownServed);
  }

  Durable withClientsHeld(boolean held) {
    return new Durable(term, reign, willing, offer, pause, held, vote, pinned, served, knownServed);
  }

  Durable withVote(Vote cast) {
    return new Durable(
        term,
        reign,
        willing,
        offer,
        pause,
        clientsHeld,
        Optional.of(cast),
        pinned,
        served,
        knownServed);
  }

  Durable withPinned(Optional<Pinned> other) {
    return new Durable(
        term, reign, willing, offer, pause, clientsHeld, vote, other, served, knownServed);
  }
}
