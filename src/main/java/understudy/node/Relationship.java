package understudy.node;

import understudy.failover.NodeName;
import understudy.pairing.RelationshipListener;
import understudy.wire.Member;

/** Has the daemon go on with the nodes that are members now. */
record Relationship(Runnable membersChanged) implements RelationshipListener {
  @Override
  public void joined(Member member) {
    membersChanged.run();
  }

  @Override
  public void left(NodeName name) {
    membersChanged.run();
  }
}
