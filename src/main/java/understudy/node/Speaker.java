package understudy.node;

import understudy.failover.Heartbeat;
import understudy.heartbeat.Heartbeats;
import understudy.time.Clock;
import understudy.wire.HeartbeatBytes.Spoken;

/** Puts this node's clock and the hash of its cluster document beside each heartbeat. */
final class Speaker {
  private final Heartbeats heartbeats;
  private final Clock clock;
  private volatile String configHash;

  Speaker(Heartbeats heartbeats, Clock clock, String configHash) {
    this.heartbeats = heartbeats;
    this.clock = clock;
    this.configHash = configHash;
  }

  void speak(Heartbeat heartbeat) {
    heartbeats.speak(new Spoken(heartbeat, clock.wall(), configHash));
  }

  void configured(String hash) {
    configHash = hash;
  }
}
