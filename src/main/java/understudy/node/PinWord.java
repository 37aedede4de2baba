package understudy.node;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import understudy.failover.NodeName;
import understudy.linux.PromptStart;
import understudy.time.Clock;
import understudy.time.Moment;
import understudy.wire.Member;
import understudy.wire.Members;

/**
 * Tells the other nodes that this one is pinned, and that it is so no more: the latter until each
 * of them has heard it. Whoever changes what they are to hear holds this object's lock meanwhile.
 */
final class PinWord {
  private static final Logger LOG = LoggerFactory.getLogger(PinWord.class);
  private static final Duration BETWEEN_TELLINGS = Duration.ofSeconds(5);

  private final PeerCalls calls;
  private final Members members;
  private final Documents documents;
  private final Clock clock;

  /** Who is still to hear that nothing is pinned any more. */
  private final Set<NodeName> untold = ConcurrentHashMap.newKeySet();

  private final AtomicBoolean telling = new AtomicBoolean();
  private volatile Moment tellAgainAt;

  PinWord(PeerCalls calls, Members members, Documents documents, Clock clock) {
    this.calls = calls;
    this.members = members;
    this.documents = documents;
    this.clock = clock;
    this.tellAgainAt = clock.now();
  }

  /** The peer says that it leaves this node alone for so long. Blocks for seconds at most. */
  synchronized boolean isTaken(Member peer, Duration length) {
    try {
      return isDone(peer, Optional.of(length));
    } catch (IOException unreachable) {
      LOG.warn("{} could not be told of a pinned service: {}", peer.name(), unreachable.toString());
      return false;
    }
  }

  private boolean isDone(Member peer, Optional<Duration> length) throws IOException {
    return calls.pinned(peer, length).filter(it -> it.state().equals("done")).isPresent();
  }

  /** These are to hear that nothing is pinned any more. */
  synchronized void owes(List<Member> others) {
    others.forEach(it -> untold.add(it.name()));
    tellAgainAt = clock.now();
  }

  synchronized void owesNobody() {
    untold.clear();
  }

  /** Tells who was not reached before; who is no member any more need not know. */
  void tellReleased() {
    for (NodeName name : List.copyOf(untold)) {
      tellReleased(name);
    }
    tellAgainAt = clock.now().plus(BETWEEN_TELLINGS);
  }

  /** One at a time: whoever waits for the lock waits for one call at most. */
  private synchronized void tellReleased(NodeName name) {
    if (untold.contains(name)
        && members.named(name).filter(peer -> !isToldOfRelease(peer)).isEmpty()) {
      untold.remove(name);
    }
  }

  private boolean isToldOfRelease(Member peer) {
    try {
      return documents.isHeard(peer.name()) && isDone(peer, Optional.empty());
    } catch (IOException unreachable) {
      LOG.debug("{} is still to hear of the end of a pin: {}", peer.name(), unreachable.toString());
      return false;
    }
  }

  /** Calls take seconds where they fail: not the time of the thread that cares for all. */
  void tellReleasedBeside() {
    boolean isDue = !untold.isEmpty() && !clock.now().isBefore(tellAgainAt);
    if (isDue && telling.compareAndSet(false, true)) {
      PromptStart.start(Thread.ofPlatform().daemon().name("unpins"), this::tellOnce);
    }
  }

  private void tellOnce() {
    try {
      tellReleased();
    } finally {
      telling.set(false);
    }
  }
}
