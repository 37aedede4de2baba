package understudy.failover.arbiter;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import understudy.failover.Arbiter;
import understudy.failover.Policy;
import understudy.failover.Rule;
import understudy.failover.Sighting;
import understudy.failover.Term;
import understudy.failover.View;
import understudy.failover.View.Probe;
import understudy.failover.View.Service;
import understudy.time.Moment;

/**
 * Two boxes and nothing else: silence of the peer, checked against what the network says.
 *
 * <p>A holder's mandate lasts one lease beyond its last proof that it is not cut off: a heartbeat
 * of a peer or an answer of a connectivity test address. As the lease is shorter than the primary
 * timeout, a holder that is cut off has stopped before the other may start.
 *
 * <p>Honest limit: when only the path between the nodes breaks, in a way that also hides the
 * service address, both can serve. Terms and kept generations repair that afterwards; {@code
 * on-failure: ask} avoids it.
 */
public final class PeerArbiter implements Arbiter {
  /**
   * A look at the network that began longer ago than this many rechecks (and half a second) is
   * stale.
   */
  private static final int FRESH_RECHECKS = 3;

  private static final Duration FRESH_ALLOWANCE = Duration.ofMillis(500);

  @Override
  public List<Block> blocks(Claim claim) {
    var blocks = new ArrayList<Block>();
    View view = claim.view();
    boolean reignedLast =
        !claim.durable().reign().equals(Term.NONE)
            && claim.durable().reign().equals(claim.durable().term());
    view.peers()
        .forEach(
            (name, sighting) -> {
              if (!sighting.isMet() && !reignedLast) {
                blocks.add(new Block(Rule.NEVER_MET, name + " was never heard since the start"));
              }
            });
    blocks.addAll(network(claim));
    return List.copyOf(blocks);
  }

  private static List<Block> network(Claim claim) {
    Optional<Probe> looked = claim.view().probe().filter(probe -> isFresh(probe, claim));
    if (looked.isEmpty()) {
      return List.of(new Block(Rule.UNPROVEN, "no answer yet of a look that began in the silence"));
    }
    var blocks = new ArrayList<Block>();
    Probe probe = looked.get();
    if (!probe.connected()) {
      blocks.add(new Block(Rule.ISOLATED, probe.evidence()));
    }
    if (probe.service() == Service.ANSWERS) {
      blocks.add(new Block(Rule.SERVICE_ANSWERS, probe.evidence()));
    }
    return blocks;
  }

  private static boolean isFresh(Probe probe, Claim claim) {
    Duration patience =
        claim.policy().timing().recheck().multipliedBy(FRESH_RECHECKS).plus(FRESH_ALLOWANCE);
    boolean recent = probe.begunAt().until(claim.at()).compareTo(patience) <= 0;
    boolean inSilence =
        claim.view().peers().values().stream()
            .filter(sighting -> !sighting.isHeard(claim.policy().timing().suspicion(), claim.at()))
            .allMatch(sighting -> probe.begunAt().isAfter(sighting.countFrom()));
    return recent && inSilence;
  }

  @Override
  public Moment mandateUntil(Policy policy, View view, Moment at) {
    Duration lease = policy.timing().lease();
    if (!policy.connectivityTested() || policy.peers().isEmpty()) {
      return at.plus(lease);
    }
    Moment proof = at.minus(lease);
    for (Sighting sighting : view.peers().values()) {
      proof = sighting.heardAt().map(latest(proof)).orElse(proof);
    }
    proof = view.probe().flatMap(Probe::connectedAt).map(latest(proof)).orElse(proof);
    return proof.plus(lease);
  }

  private static UnaryOperator<Moment> latest(Moment known) {
    return moment -> Moment.laterOf(known, moment);
  }
}
