package understudy.failover.arbiter;

import java.util.ArrayList;
import java.util.List;
import understudy.failover.Arbiter.Block;
import understudy.failover.Arbiter.Claim;
import understudy.failover.Designation;
import understudy.failover.Rule;

/** Whether this node knows enough of the others to tell whose data is the newest. */
final class Acquaintance {
  private Acquaintance() {}

  static List<Block> blocks(Claim claim) {
    boolean lastReignIsMet =
        claim.view().peers().values().stream()
            .flatMap(sighting -> sighting.last().stream())
            .anyMatch(heartbeat -> heartbeat.reign().equals(claim.durable().term()));
    boolean reignedLast = claim.reignedLast();
    var blocks = new ArrayList<Block>();
    claim
        .view()
        .peers()
        .forEach(
            (name, sighting) -> {
              boolean isRemote = claim.policy().peers().get(name) == Designation.DR;
              if (!sighting.isMet() && !reignedLast && !(isRemote && lastReignIsMet)) {
                blocks.add(new Block(Rule.NEVER_MET, name + " was never heard since the start"));
              }
            });
    return blocks;
  }
}
