package understudy.failover;

import java.util.List;

/**
 * The answer to one input.
 *
 * @param next saved before any effect runs
 * @param effects in the order in which they are to run
 * @param rule why; {@link Rule#NOTHING} when there is nothing to tell
 * @param evidence the facts that the rule stood on
 */
public record Step(State next, List<Effect> effects, Rule rule, List<String> evidence) {
  public Step {
    effects = List.copyOf(effects);
    evidence = List.copyOf(evidence);
  }

  /** What switches another node off must not come from one that could not take its role. */
  public boolean fencesPeer() {
    return effects.stream().anyMatch(Effect.FencePeer.class::isInstance);
  }
}
