package understudy.demo;

import java.time.Duration;
import java.util.List;

/**
 * What one step of a scenario did, as the client saw it.
 *
 * @param outage the longest time without an acknowledged write
 * @param lostWrites acknowledged writes that the node that serves now does not have
 * @param lossReach how long before the fault the oldest lost write was acknowledged; zero when none
 *     is lost
 * @param path the nodes that served, in order; empty when none did
 * @param dual how long two nodes answered at once
 * @param term of the node that serves now
 */
public record Outcome(
    Duration outage,
    long lostWrites,
    Duration lossReach,
    List<String> path,
    Duration dual,
    long term) {
  public Outcome {
    path = List.copyOf(path);
  }
}
