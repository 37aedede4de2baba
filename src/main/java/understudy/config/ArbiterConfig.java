package understudy.config;

import java.time.Duration;

/** Where mandates come from: {@code failover.arbiter} with the keys that belong to it. */
public sealed interface ArbiterConfig {

  /** The word in the document. */
  String word();

  /** The two nodes themselves, by what each sees of the network. */
  record Peer() implements ArbiterConfig {
    @Override
    public String word() {
      return "peer";
    }
  }

  /**
   * More than half of all enrolled nodes and witnesses.
   *
   * @param driftPermille by how much the rates of two machines' clocks may differ
   * @param roundTrip the longest that a heartbeat and its answer are on their way
   */
  record Majority(int driftPermille, Duration roundTrip) implements ArbiterConfig {
    @Override
    public String word() {
      return "majority";
    }
  }

  /**
   * A key in a store.
   *
   * @param roundTrip the longest that the store takes to answer; a question is given up then
   * @param failsafe while the store is down all nodes together may keep the holder serving
   */
  record Lease(int driftPermille, Duration roundTrip, boolean failsafe, StoreConfig store)
      implements ArbiterConfig {
    @Override
    public String word() {
      return "lease";
    }
  }
}
