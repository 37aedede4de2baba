package understudy.node;

import java.security.SecureRandom;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import understudy.failover.Heartbeat;
import understudy.failover.NodeName;
import understudy.heartbeat.Heartbeats;
import understudy.time.Clock;
import understudy.wire.HeartbeatBytes.Spoken;

/**
 * Puts this node's clock, the hash of its cluster document and whom it copies beside each
 * heartbeat.
 */
final class Speaker {
  private final Heartbeats heartbeats;
  private final Clock clock;
  private final long life = new SecureRandom().nextLong();
  private final AtomicLong sequence = new AtomicLong();
  private final Supplier<String> configHash;
  private final Supplier<Optional<NodeName>> copiesFrom;

  Speaker(
      Heartbeats heartbeats,
      Clock clock,
      Supplier<String> configHash,
      Supplier<Optional<NodeName>> copiesFrom) {
    this.copiesFrom = copiesFrom;
    this.heartbeats = heartbeats;
    this.clock = clock;
    this.configHash = configHash;
  }

  void speak(Heartbeat heartbeat) {
    heartbeats.speak(
        new Spoken(
            heartbeat,
            life,
            sequence.incrementAndGet(),
            clock.wall(),
            configHash.get(),
            copiesFrom.get()));
  }
}
