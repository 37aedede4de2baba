package understudy.failover;

import java.util.List;
import java.util.Optional;
import understudy.time.Moment;

/**
 * What a watching node has in mind.
 *
 * @param following the node whose data it copies
 * @param suspectedAt when the silence became a suspicion; empty: nothing suspected
 * @param blockedBy what held the takeover back when it was last looked at
 * @param cancelled a person stopped this countdown; holds until a peer is heard again
 * @param approval a person's wish to be promoted that waits for evidence
 * @param notBefore back-off after a failed start
 * @param declined the term that it could not take up last: it failed to start, was offered it too
 *     late, or got too few votes for it
 * @param errand what a switchover asked of it
 * @param stopLeftoversAt resources of the last life are stopped then unless adopted; empty: none
 *     are left
 */
public record Watch(
    Optional<NodeName> following,
    Optional<Moment> suspectedAt,
    List<Rule> blockedBy,
    boolean cancelled,
    Optional<Approval> approval,
    Moment notBefore,
    Optional<Term> declined,
    Optional<Heartbeat.Progress> errand,
    Optional<Moment> stopLeftoversAt) {

  public Watch {
    blockedBy = List.copyOf(blockedBy);
  }

  /**
   * A person said yes; {@code deadline} ends the wait for evidence; {@code forced}: against every
   * block but two: no mandate where it is granted by others, and no sign that this node is in
   * touch.
   */
  public record Approval(long operation, Moment deadline, boolean forced) {
    public Approval(long operation, Moment deadline) {
      this(operation, deadline, false);
    }
  }

  /** On-failure or max-loss holds it back, perhaps among others: a person decides. */
  public boolean asksPerson() {
    return blockedBy.contains(Rule.ASKS_FIRST)
        || blockedBy.contains(Rule.KEEPS_STANDBY)
        || blockedBy.contains(Rule.TOO_MUCH_LOSS);
  }

  static Watch from(Moment at) {
    return new Watch(
        Optional.empty(),
        Optional.empty(),
        List.of(),
        false,
        Optional.empty(),
        at,
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  Watch followingNode(Optional<NodeName> node) {
    return new Watch(
        node,
        suspectedAt,
        blockedBy,
        cancelled,
        approval,
        notBefore,
        declined,
        errand,
        stopLeftoversAt);
  }

  Watch suspecting(Moment at) {
    return new Watch(
        following,
        Optional.of(at),
        blockedBy,
        cancelled,
        approval,
        notBefore,
        declined,
        errand,
        stopLeftoversAt);
  }

  /** A peer is heard: nothing is suspected, cancelled or blocked any more. */
  Watch calm() {
    return new Watch(
        following,
        Optional.empty(),
        List.of(),
        false,
        approval,
        notBefore,
        declined,
        errand,
        stopLeftoversAt);
  }

  /** After a sleep nothing is known; what a person said still holds. */
  Watch unsure() {
    return cancelled ? calm().cancelAgain() : calm();
  }

  private Watch cancelAgain() {
    return new Watch(
        following,
        suspectedAt,
        blockedBy,
        true,
        approval,
        notBefore,
        declined,
        errand,
        stopLeftoversAt);
  }

  Watch blocked(List<Rule> rules) {
    if (rules.equals(blockedBy)) {
      return this;
    }
    return new Watch(
        following,
        suspectedAt,
        rules,
        cancelled,
        approval,
        notBefore,
        declined,
        errand,
        stopLeftoversAt);
  }

  Watch cancel() {
    return new Watch(
        following,
        suspectedAt,
        blockedBy,
        true,
        Optional.empty(),
        notBefore,
        declined,
        errand,
        stopLeftoversAt);
  }

  Watch approved(Optional<Approval> newApproval) {
    return new Watch(
        following,
        suspectedAt,
        blockedBy,
        cancelled,
        newApproval,
        notBefore,
        declined,
        errand,
        stopLeftoversAt);
  }

  Watch backingOff(Moment until, Optional<Term> declinedTerm) {
    return new Watch(
        following,
        suspectedAt,
        blockedBy,
        cancelled,
        approval,
        until,
        declinedTerm,
        errand,
        stopLeftoversAt);
  }

  Watch working(Optional<Heartbeat.Progress> newErrand) {
    if (newErrand.equals(errand)) {
      return this;
    }
    return new Watch(
        following,
        suspectedAt,
        blockedBy,
        cancelled,
        approval,
        notBefore,
        declined,
        newErrand,
        stopLeftoversAt);
  }

  Watch leftoversUntil(Optional<Moment> moment) {
    return new Watch(
        following,
        suspectedAt,
        blockedBy,
        cancelled,
        approval,
        notBefore,
        declined,
        errand,
        moment);
  }
}
