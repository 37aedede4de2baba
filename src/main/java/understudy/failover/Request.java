package understudy.failover;

import java.time.Instant;
import java.util.Optional;

/** What an operator may ask of a node. Repeating one is harmless. */
public sealed interface Request {

  /** Swap roles in order. {@code sync}: final sync first. */
  record Switchover(boolean sync, boolean evenIfPeerUnreachable, Optional<NodeName> target)
      implements Request {}

  /** Take the role. {@code force}: against every block; what may be lost was said before. */
  record Promote(boolean force) implements Request {}

  /** Give the role up and do not take it back by itself. */
  record Demote(boolean evenIfPeerUnreachable) implements Request {}

  /** Give the role back to the designated primary. */
  record Failback() implements Request {}

  /** Stop automation. */
  record Pause(Optional<Instant> until, String reason) implements Request {}

  /** Let automation go on. */
  record Resume() implements Request {}

  /** That node's service outlives its daemon until then, by the wall clock: leave it alone. */
  record Pinned(NodeName node, Instant until) implements Request {}

  /** That node is as any other again. {@code until}: only if it was to last until then. */
  record Unpinned(NodeName node, Optional<Instant> until) implements Request {}

  /** Stop a countdown, or a switchover before its point of no return. */
  record Cancel() implements Request {}

  /** Refuse or admit new client connections. */
  record Clients(boolean hold) implements Request {}

  /** End a conflict. Empty: by evidence. */
  record Resolve(Optional<NodeName> survivor) implements Request {}
}
