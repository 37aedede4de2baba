package understudy.failover;

import java.util.Optional;
import understudy.failover.Effect.Gate;
import understudy.failover.Situation.StopCause;
import understudy.time.Moment;

/** What every holder of a mandate must watch, whether it starts or serves. */
final class Holding {
  private Holding() {}

  /** Stops when another node holds a later term, or wins a conflict of equal terms. */
  static boolean yieldsToAnother(Turn turn) {
    Optional<Heartbeat> rival = new Neighbours(turn).serving();
    if (rival.isEmpty()) {
      return false;
    }
    Term reign = turn.durable.reign();
    Heartbeat other = rival.get();
    String facts = other.from() + " is " + other.role().word() + " in term " + other.reign();
    if (other.reign().isAfter(reign)) {
      turn.stop(
          new StopCause.Superseded(), Rule.SUPERSEDED, facts, "this node holds term " + reign);
      return true;
    }
    if (other.reign().equals(reign)) {
      if (!winsAgainst(turn, other)) {
        turn.stop(new StopCause.Superseded(), Rule.CONFLICT_LOST, facts);
        return true;
      }
      if (isNews(turn, other)) {
        turn.tell(Rule.CONFLICT_WON, facts);
      }
    }
    return false;
  }

  private static boolean isNews(Turn turn, Heartbeat rival) {
    return turn.viewBefore()
        .of(rival.from())
        .last()
        .filter(l -> l.role() == rival.role() && l.reign().equals(rival.reign()))
        .isEmpty();
  }

  /**
   * Who let clients in in this term stays, who only starts has nothing to lose; else the
   * designation decides, then the name. Both nodes answer this alike once each has heard what the
   * other is.
   */
  private static boolean winsAgainst(Turn turn, Heartbeat other) {
    boolean letClientsIn = turn.durable.served().equals(turn.durable.reign());
    if (letClientsIn != other.mayHaveClients()) {
      return letClientsIn;
    }
    Policy policy = turn.policy;
    Designation theirs = policy.peers().getOrDefault(other.from(), Designation.DR);
    int byDesignation = policy.designation().compareTo(theirs);
    return byDesignation != 0 ? byDesignation < 0 : policy.self().compareTo(other.from()) < 0;
  }

  /** Stops when the mandate has run out, before anybody else may start. */
  static boolean losesMandate(Turn turn, Moment heldUntil) {
    if (turn.at.isBefore(heldUntil)) {
      return false;
    }
    turn.stop(
        new StopCause.LostMandate(turn.durable.reign()),
        Rule.MANDATE_LOST,
        "ended "
            + ago(turn, heldUntil)
            + ", the turn before was "
            + ago(turn, turn.view.lastInput()),
        whyLost(turn));
    return true;
  }

  private static String whyLost(Turn turn) {
    return Voting.lacking(turn).stream()
        .map(Arbiter.Block::evidence)
        .findFirst()
        .or(() -> turn.view.probe().map(look -> lookedAt(turn, look)))
        .orElse("the network was not looked at");
  }

  private static String lookedAt(Turn turn, View.Probe look) {
    return "looked " + ago(turn, look.begunAt()) + ": " + look.evidence();
  }

  private static String ago(Turn turn, Moment then) {
    return then.until(turn.at).toMillis() + " ms ago";
  }

  /** A peer is quiet, or heartbeats prove nothing: look whether it is us who are cut off. */
  static void probeWhenInDoubt(Turn turn, Moment renewable) {
    if (turn.policy.connectivityTested() && isInDoubt(turn, renewable)) {
      turn.probeEvery(turn.timing.lookEvery());
    }
  }

  private static boolean isInDoubt(Turn turn, Moment renewable) {
    return !turn.isDue(turn.view.listenUntil())
        || new Neighbours(turn).isAnyQuiet()
        || renewable.isBefore(turn.in(turn.timing.halfLease()));
  }

  static Gate gate(Turn turn) {
    return turn.durable.clientsHeld() ? Gate.HOLD : Gate.OPEN;
  }
}
