package understudy.node;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import understudy.config.ResourceConfig;
import understudy.failover.Heartbeat;
import understudy.failover.NodeName;
import understudy.resource.Condition;
import understudy.sync.plan.Relation;
import understudy.wire.Member;
import understudy.wire.Members;

/** Who has the shared addresses, and whose data come from whose: a look of now, nothing is kept. */
final class Possessions {
  private static final Logger LOG = LoggerFactory.getLogger(Possessions.class);

  private final Documents documents;
  private final ResourceDriver driver;
  private final SyncDriver sync;
  private final PeerCalls calls;
  private final Members members;

  Possessions(
      Documents documents,
      ResourceDriver driver,
      SyncDriver sync,
      PeerCalls calls,
      Members members) {
    this.documents = documents;
    this.driver = driver;
    this.sync = sync;
    this.calls = calls;
    this.members = members;
  }

  /** What a look at all candidates told. */
  record Look(Evidence.Addresses addresses, Evidence.Descent descent) {}

  /** Every candidate is asked; some seconds at most. */
  Look look(NodeName self, List<Heartbeat> candidates) {
    SortedMap<NodeName, List<String>> had = new TreeMap<>();
    SortedMap<NodeName, Relation> stands = new TreeMap<>();
    var unasked = new ArrayList<NodeName>();
    for (Heartbeat candidate : candidates) {
      NodeName name = candidate.from();
      Optional<Member> peer = members.named(name);
      try {
        PeerReply.Having having = peer.isEmpty() ? here() : calls.having(peer.get());
        had.put(name, having.addresses());
        if (peer.isPresent()) {
          stands.put(name, sync.lineage().relate(having.lines()));
        }
      } catch (IOException unreachable) {
        LOG.debug("{} does not say what it has: {}", name, unreachable.getMessage());
        unasked.add(name);
      }
    }
    boolean takesPart = candidates.stream().anyMatch(candidate -> candidate.from().equals(self));
    return new Look(
        sharedAddresses().isEmpty()
            ? new Evidence.Addresses(Optional.empty(), "none is configured")
            : Evidence.Addresses.seen(had, unasked),
        takesPart && unasked.isEmpty()
            ? Evidence.Descent.seen(self, stands)
            : Evidence.Descent.UNKNOWN);
  }

  /** What this machine has. */
  PeerReply.Having here() throws IOException {
    return new PeerReply.Having(addresses(), sync.lineage().lines());
  }

  private List<String> addresses() {
    Map<String, String> shared = sharedAddresses();
    try {
      return driver.resources().check().stream()
          .filter(checked -> shared.containsKey(checked.resource()))
          .filter(checked -> checked.condition() instanceof Condition.Started)
          .map(checked -> shared.get(checked.resource()))
          .toList();
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      return List.of();
    }
  }

  private Map<String, String> sharedAddresses() {
    var addresses = new LinkedHashMap<String, String>();
    for (ResourceConfig resource : documents.config().resources()) {
      if (resource instanceof ResourceConfig.SharedIp ip) {
        addresses.put(ip.name(), ip.address().getHostAddress());
      }
    }
    return addresses;
  }
}
