package understudy.node;

import understudy.failover.Input;
import understudy.failover.NodeName;
import understudy.heartbeat.Ear;
import understudy.wire.HeartbeatBytes.Spoken;

/** Hands what peers say to the deciding loop, and to who keeps what they said besides. */
record Hearing(PeerBook book, Inbox inbox) implements Ear {
  @Override
  public void heard(Spoken spoken, String link) {
    book.note(spoken);
    inbox.post(at -> new Input.Heard(at, spoken.heartbeat()));
  }

  @Override
  public void glimpsed(NodeName peer) {
    inbox.post(at -> new Input.Glimpsed(at, peer));
  }
}
