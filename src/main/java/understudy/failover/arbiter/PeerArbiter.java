package understudy.failover.arbiter;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import understudy.failover.Arbiter;
import understudy.failover.Policy;
import understudy.failover.Role;
import understudy.failover.Rule;
import understudy.failover.Timing;
import understudy.failover.View;
import understudy.failover.View.Probe;
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
    var blocks = new ArrayList<>(Acquaintance.blocks(claim));
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
    switch (probe.service()) {
      case ANSWERS -> blocks.add(new Block(Rule.SERVICE_ANSWERS, probe.evidence()));
      case SILENT -> silentTooShortly(claim).ifPresent(blocks::add);
      case NOT_ASKED -> {}
    }
    return blocks;
  }

  /**
   * The holder may have lost some heartbeats, still served, and been cut off just before the first
   * look that found its service silent: its mandate lasts for one lease from there.
   */
  private static Optional<Block> silentTooShortly(Claim claim) {
    Moment from =
        Moment.laterOf(claim.view().serviceSilentFrom().orElse(claim.at()), silentOpener(claim));
    long leftMillis =
        claim.at().until(from.plus(claim.policy().timing().leaseElsewhere())).toMillis();
    return leftMillis <= 0
        ? Optional.empty()
        : Optional.of(
            new Block(
                Rule.UNPROVEN,
                "a holder that was cut off may serve for " + leftMillis + " ms more"));
  }

  /**
   * A peer that was not heard to be active may have opened unheard, so the silence of its service
   * says nothing. But within the suspicion time it would have been heard, had it not been cut off.
   */
  private static Moment silentOpener(Claim claim) {
    Duration suspicion = claim.policy().timing().suspicion();
    return claim.view().peers().values().stream()
        .filter(sighting -> !sighting.isHeard(suspicion, claim.at()))
        .filter(sighting -> sighting.last().filter(h -> h.role() != Role.ACTIVE).isPresent())
        .map(sighting -> sighting.countFrom().plus(suspicion))
        .reduce(Moment::laterOf)
        .orElse(claim.view().wokeAt());
  }

  private static boolean isFresh(Probe probe, Claim claim) {
    Timing timing = claim.policy().timing();
    long patienceNanos = timing.recheck().toNanos() * FRESH_RECHECKS + FRESH_ALLOWANCE.toNanos();
    // What is claimed on a look must outlast the next one.
    long ageNanos = probe.begunAt().until(claim.at()).toNanos();
    boolean recent = ageNanos <= Math.min(patienceNanos, timing.lease().toNanos() / 2);
    boolean inSilence =
        claim.view().peers().values().stream()
            .filter(sighting -> !sighting.isHeard(claim.policy().timing().suspicion(), claim.at()))
            .allMatch(sighting -> probe.begunAt().isAfter(sighting.countFrom()));
    return recent && inSilence;
  }

  @Override
  public Moment mandateUntil(Policy policy, View view, Moment at) {
    Duration lease = policy.timing().lease();
    if (policy.peers().isEmpty()) {
      return at.plus(lease);
    }
    if (!policy.connectivityTested()) {
      // The others counted silence while it slept: first they must be able to hear it, and to say
      // that they have taken over.
      return (view.isAwake(policy.timing(), at) ? at : view.sleptFrom()).plus(lease);
    }
    Moment proof = at.minus(lease);
    for (int i = 0; i < view.peers().size(); i++) {
      Optional<Moment> heardAt = view.peers().value(i).provenAt();
      if (heardAt.isPresent()) {
        proof = Moment.laterOf(proof, heardAt.get().minus(policy.timing().drowsiness()));
      }
    }
    Optional<Moment> connectedAt = view.probe().flatMap(Probe::connectedAt);
    if (connectedAt.isPresent()) {
      proof = Moment.laterOf(proof, connectedAt.get());
    }
    return proof.plus(lease);
  }
}
