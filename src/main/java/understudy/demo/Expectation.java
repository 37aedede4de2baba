package understudy.demo;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What a step of a scenario has to reach.
 *
 * @param servedBy the node that serves at the end
 * @param outageAtMost longest time without service
 * @param lossReachAtMost only writes acknowledged later than this time before the fault may be
 *     lost; zero: none at all
 * @param dualAtMost longest time that two nodes may answer at once
 */
public record Expectation(
    String servedBy, Duration outageAtMost, Duration lossReachAtMost, Duration dualAtMost) {

  /** One line for people. */
  public String sentence() {
    return "%s serves, outage at most %d ms, %s, %s"
        .formatted(
            servedBy,
            outageAtMost.toMillis(),
            lossReachAtMost.isZero()
                ? "no write lost"
                : "only writes of the last " + lossReachAtMost.toMillis() + " ms lost",
            dualAtMost.isZero()
                ? "never two at once"
                : "two at once for at most " + dualAtMost.toMillis() + " ms");
  }

  /** What this outcome does not reach, one sentence each; empty when all is reached. */
  public List<String> failures(Outcome outcome) {
    List<String> failures = new ArrayList<>();
    if (outcome.path().isEmpty() || !outcome.path().getLast().equals(servedBy)) {
      failures.add("served by " + outcome.path() + " and not at the end by " + servedBy);
    }
    if (outcome.outage().compareTo(outageAtMost) > 0) {
      failures.add("outage of " + outcome.outage().toMillis() + " ms");
    }
    if (outcome.lossReach().compareTo(lossReachAtMost) > 0
        || (lossReachAtMost.isZero() && outcome.lostWrites() > 0)) {
      failures.add(
          outcome.lostWrites()
              + " writes lost, the oldest of "
              + outcome.lossReach().toMillis()
              + " ms before the fault");
    }
    if (outcome.dual().compareTo(dualAtMost) > 0) {
      failures.add("two nodes answered at once for " + outcome.dual().toMillis() + " ms");
    }
    return List.copyOf(failures);
  }
}
