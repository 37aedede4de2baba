package understudy.node;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import understudy.config.DatasetConfig;
import understudy.failover.Designation;
import understudy.failover.NodeName;
import understudy.linux.Account;
import understudy.linux.AccountNames;
import understudy.linux.PromptStart;
import understudy.sync.DataOwners;
import understudy.time.Clock;
import understudy.time.Moment;
import understudy.wire.Member;
import understudy.wire.Members;

/**
 * Asks each peer that is heard, now and then, what it calls the owners of this node's data: they
 * travel as numbers. Keeps what it found last.
 */
final class OwnerCare {
  private static final Logger LOG = LoggerFactory.getLogger(OwnerCare.class);
  private static final Duration BETWEEN_LOOKS = Duration.ofMinutes(1);

  private final Documents documents;
  private final Members members;
  private final PeerCalls calls;
  private final Designation designation;
  private final Clock clock;
  private final Map<NodeName, Moment> asked = new HashMap<>();
  private final AtomicBoolean isLooking = new AtomicBoolean();
  private final NavigableMap<NodeName, List<OwnerFinding>> found = new ConcurrentSkipListMap<>();

  OwnerCare(
      Documents documents, Members members, PeerCalls calls, Designation designation, Clock clock) {
    this.documents = documents;
    this.members = members;
    this.calls = calls;
    this.designation = designation;
    this.clock = clock;
  }

  /** Called every second or so, by one thread; the disk and the peers are asked on another one. */
  void look() {
    if (designation == Designation.WITNESS || isLooking.get()) {
      return;
    }
    Moment now = clock.now();
    List<Member> due = members.peers().stream().filter(peer -> isDue(peer, now)).toList();
    if (!due.isEmpty()) {
      due.forEach(peer -> asked.put(peer.name(), now));
      isLooking.set(true);
      PromptStart.start(
          Thread.ofPlatform().daemon().name("compares owners"),
          () -> {
            try {
              compare(due);
            } finally {
              isLooking.set(false);
            }
          });
    }
  }

  private boolean isDue(Member peer, Moment now) {
    Moment last = asked.get(peer.name());
    return peer.designation() != Designation.WITNESS
        && (last == null || !last.isWithin(BETWEEN_LOOKS, now))
        && documents.isHeard(peer.name());
  }

  private void compare(List<Member> peers) {
    SortedMap<Account, SortedSet<String>> owners = owners();
    for (Member peer : peers) {
      found.put(peer.name(), compare(peer, owners));
    }
  }

  private List<OwnerFinding> compare(Member peer, SortedMap<Account, SortedSet<String>> owners) {
    try {
      Map<Account, String> here = OwnerNames.own(AccountNames.here().of(owners.keySet()));
      PeerReply.Called reply = calls.called(peer, OwnerNames.question(owners.keySet()));
      Map<Account, String> there = OwnerNames.heard(owners.keySet(), reply);
      return OwnerFinding.compare(peer.name(), owners, here, there);
    } catch (IOException failed) {
      return List.of(
          OwnerFinding.notChecked(peer.name(), "cannot be told: " + failed.getMessage()));
    }
  }

  /** The owners of all data of this node, with the datasets in which they occur. */
  private SortedMap<Account, SortedSet<String>> owners() {
    var owners = new TreeMap<Account, SortedSet<String>>();
    for (DatasetConfig dataset : documents.config().datasets()) {
      try {
        for (Account owner : DataOwners.of(dataset)) {
          if (owners.containsKey(owner) || owners.size() < OwnerNames.MOST) {
            owners.computeIfAbsent(owner, _ -> new TreeSet<>()).add(dataset.name());
          }
        }
      } catch (IOException absent) {
        LOG.debug("dataset {} has no owners here: {}", dataset.name(), absent.getMessage());
      }
    }
    return owners;
  }

  /** What was found last of those that are still members. */
  List<OwnerFinding> findings() {
    return members.peers().stream()
        .flatMap(peer -> found.getOrDefault(peer.name(), List.of()).stream())
        .toList();
  }
}
