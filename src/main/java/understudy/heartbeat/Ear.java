package understudy.heartbeat;

import understudy.failover.NodeName;
import understudy.wire.HeartbeatBytes.Spoken;

/** Who is told what was heard. */
public interface Ear {

  /**
   * A peer spoke and has proven that it hears us now. Called by receiving threads; must not block.
   *
   * @param link on which it came, such as {@code 10.0.0.11} or {@code tls}
   */
  void heard(Spoken spoken, String link);

  /**
   * Another life of a peer says that it may serve, and is not listened to yet. Called as the other.
   */
  void glimpsed(NodeName peer);
}
