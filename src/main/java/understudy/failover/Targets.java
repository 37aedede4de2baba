package understudy.failover;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Who could have the role that a person wants this node to give up. */
final class Targets {
  private Targets() {}

  /** Who takes the role over, in a planned move. */
  static Optional<Heartbeat> of(Turn turn, Request.Switchover wish) {
    return new Neighbours(turn)
        .passive().stream()
            .filter(peer -> wish.target().isEmpty() || wish.target().get().equals(peer.from()))
            .filter(peer -> peer.role() == Role.STANDBY)
            .filter(Heartbeat::ready)
            .filter(peer -> peer.version().equals(turn.policy.version()))
            .findFirst();
  }

  /** Silent, and the one other node that is meant to take the role by itself. */
  static boolean isOnlyHope(Turn turn, NodeName named) {
    List<NodeName> electable =
        turn.policy.peers().entrySet().stream()
            .filter(peer -> peer.getValue() != Designation.DR)
            .map(Map.Entry::getKey)
            .toList();
    return electable.equals(List.of(named)) && new Neighbours(turn).heard(named).isEmpty();
  }

  /** Some other node would take the role by itself, if this one were demoted. */
  static boolean isAnyLeftToServe(Turn turn) {
    var neighbours = new Neighbours(turn);
    return !waitForAPerson(turn, neighbours)
        && neighbours.passive().stream()
            .filter(Heartbeat::ready)
            .filter(Heartbeat::willing)
            .filter(peer -> !peer.paused())
            .anyMatch(peer -> Loss.isLittle(turn, peer));
  }

  /** Beside a silent node the others see a failure, though a person asked for the move. */
  private static boolean waitForAPerson(Turn turn, Neighbours neighbours) {
    return turn.policy.onFailure() != OnFailure.PROMOTE && neighbours.isAnySilent();
  }

  /** Why nobody would take the role by itself, if this node were demoted. */
  static List<String> whyNoneIsLeft(Turn turn) {
    var facts = new ArrayList<>(whyNone(turn));
    var neighbours = new Neighbours(turn);
    if (waitForAPerson(turn, neighbours) && !neighbours.passive().isEmpty()) {
      facts.add("beside a silent node the others wait for a person (on-failure)");
    }
    return facts;
  }

  /** How each other node stands. */
  static List<String> whyNone(Turn turn) {
    if (turn.policy.peers().isEmpty()) {
      return List.of("the cluster has no other node");
    }
    var neighbours = new Neighbours(turn);
    return turn.policy.peers().keySet().stream()
        .map(
            name ->
                neighbours.heard(name).map(it -> standing(turn, it)).orElse(name + " is silent"))
        .toList();
  }

  private static String standing(Turn turn, Heartbeat peer) {
    boolean isForDisaster = turn.policy.peers().get(peer.from()) == Designation.DR;
    return peer.from()
        + " is "
        + peer.role().word()
        + (peer.ready() ? ", ready" : ", not ready")
        + (isForDisaster ? ", for disaster recovery" : "")
        + (Loss.isLittle(turn, peer) ? "" : ", lacks more than max-loss")
        + (peer.paused() ? ", automation paused" : "")
        + ", version "
        + peer.version();
  }
}
