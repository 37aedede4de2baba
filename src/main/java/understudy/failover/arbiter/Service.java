package understudy.failover.arbiter;

import java.time.Duration;
import java.util.Optional;
import understudy.failover.Arbiter.Block;
import understudy.failover.Arbiter.Claim;
import understudy.failover.Rule;
import understudy.failover.View;

/** A service address that answers while nobody holds the mandate: something still serves there. */
final class Service {
  private static final Duration RECENT = Duration.ofSeconds(1);

  private Service() {}

  static Optional<Block> answers(Claim claim) {
    long recent = RECENT.toNanos() + claim.policy().timing().recheck().toNanos() * 2;
    return claim
        .view()
        .probe()
        .filter(probe -> probe.begunAt().until(claim.at()).toNanos() <= recent)
        .filter(probe -> probe.service() == View.Service.ANSWERS)
        .map(probe -> new Block(Rule.SERVICE_ANSWERS, probe.evidence()));
  }
}
