package understudy.pairing;

import understudy.failover.NodeName;
import understudy.wire.Member;

/** Is told when the set of nodes changed; the change is on disk by then. Must not block. */
public interface RelationshipListener {

  /** A machine became a member. The first sync is due. */
  void joined(Member member);

  /** A node is no member any more: it left, or we did. */
  void left(NodeName name);
}
