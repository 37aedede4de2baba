package understudy.heartbeat;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import understudy.failover.NodeName;
import understudy.time.Clock;
import understudy.time.Moment;

/**
 * When each peer was last heard on each link, and what it said that did not count. Safe from any
 * thread.
 */
public final class Links {
  private final Clock clock;
  private final Map<NodeName, Map<String, Moment>> heard = new ConcurrentHashMap<>();

  private final Map<NodeName, Complaint> complaints = new ConcurrentHashMap<>();

  Links(Clock clock) {
    this.clock = clock;
  }

  void expect(NodeName peer, String link) {
    heard.computeIfAbsent(peer, _ -> new ConcurrentHashMap<>());
    Moment longAgo = clock.now().minus(Duration.ofDays(365));
    heard.get(peer).putIfAbsent(link, longAgo);
  }

  void heard(NodeName peer, String link) {
    heard.computeIfAbsent(peer, _ -> new ConcurrentHashMap<>()).put(link, clock.now());
  }

  void forget(NodeName peer) {
    heard.remove(peer);
    complaints.remove(peer);
  }

  /** True when it is another one than before. */
  boolean complain(NodeName peer, Complaint complaint) {
    Complaint before = complaints.put(peer, complaint);
    return before == null || !before.what().equals(complaint.what());
  }

  /** The latest complaint about what the peer said, when it is not older than {@code window}. */
  public Optional<Complaint> complaint(NodeName peer, Duration window) {
    Moment since = clock.now().minus(window);
    return Optional.ofNullable(complaints.get(peer)).filter(latest -> latest.at().isAfter(since));
  }

  /** For each link of the peer: heard within {@code window}. */
  public Map<String, Boolean> of(NodeName peer, Duration window) {
    var states = new TreeMap<String, Boolean>();
    Moment since = clock.now().minus(window);
    heard.getOrDefault(peer, Map.of()).forEach((link, at) -> states.put(link, at.isAfter(since)));
    return states;
  }
}
