package understudy.node;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import understudy.failover.NodeName;
import understudy.failover.Votes;
import understudy.time.Clock;
import understudy.wire.HeartbeatBytes.Spoken;

/**
 * What peers said that no decision depends on: their clocks, documents and sources. Safe from any
 * thread.
 */
final class PeerBook {
  private final Clock clock;
  private final Map<NodeName, Entry> entries = new ConcurrentHashMap<>();

  /**
   * What one peer said last.
   *
   * @param clockAhead how far its wall clock is ahead of ours, give or take the time on the way
   */
  record Entry(
      Duration clockAhead, String configHash, Votes votes, Optional<NodeName> copiesFrom) {}

  PeerBook(Clock clock) {
    this.clock = clock;
  }

  void note(Spoken spoken) {
    Instant ours = clock.wall();
    entries.put(
        spoken.heartbeat().from(),
        new Entry(
            Duration.between(ours, spoken.wall()),
            spoken.configHash(),
            spoken.heartbeat().votes(),
            spoken.copiesFrom()));
  }

  Optional<Entry> of(NodeName peer) {
    return Optional.ofNullable(entries.get(peer));
  }
}
