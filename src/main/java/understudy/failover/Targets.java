package understudy.failover;

import java.util.List;
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

  /** Some other node would take the role by itself, if this one were demoted. */
  static boolean isAnyLeftToServe(Turn turn) {
    return new Neighbours(turn)
        .passive().stream()
            .filter(Heartbeat::ready)
            .filter(Heartbeat::willing)
            .filter(peer -> !peer.paused())
            .anyMatch(peer -> Loss.isLittle(turn, peer));
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
