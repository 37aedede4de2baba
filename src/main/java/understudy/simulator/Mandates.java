package understudy.simulator;

import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import understudy.failover.Arbiter;
import understudy.failover.Designation;
import understudy.failover.Electorate;
import understudy.failover.NodeName;
import understudy.failover.arbiter.LeaseArbiter;
import understudy.failover.arbiter.MajorityArbiter;
import understudy.failover.arbiter.PeerArbiter;

/** Where the mandates of a simulated cluster come from. */
enum Mandates {
  PEER,
  MAJORITY,
  LEASE,
  /** A store, and all nodes together while it is down. */
  LEASE_FAILSAFE;

  private static final int DRIFT_PERMILLE = 10;

  /** Whatever the network does, two mandates never overlap. */
  boolean areGranted() {
    return this != PEER;
  }

  String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  Arbiter arbiter(Setup setup) {
    return switch (this) {
      case PEER -> new PeerArbiter();
      case MAJORITY -> new MajorityArbiter(voters(setup, true));
      case LEASE -> new LeaseArbiter(DRIFT_PERMILLE, Optional.empty());
      case LEASE_FAILSAFE -> new LeaseArbiter(DRIFT_PERMILLE, Optional.of(voters(setup, false)));
    };
  }

  private static Electorate voters(Setup setup, boolean alsoWitnesses) {
    var voters = new TreeSet<NodeName>();
    setup
        .nodes()
        .forEach(
            (name, designation) -> {
              if (alsoWitnesses || designation != Designation.WITNESS) {
                voters.add(name);
              }
            });
    return new Electorate(voters, DRIFT_PERMILLE);
  }
}
