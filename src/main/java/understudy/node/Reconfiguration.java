package understudy.node;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import understudy.config.ArbiterConfig;
import understudy.config.ClusterConfig;
import understudy.config.NodeConfig;
import understudy.failover.Designation;
import understudy.failover.Failover;
import understudy.failover.NodeName;
import understudy.failover.Policy;
import understudy.failover.Role;
import understudy.failover.State;
import understudy.failover.Timing;
import understudy.heartbeat.Heartbeats;
import understudy.resource.Outcome;
import understudy.resource.command.Surroundings;
import understudy.time.Clock;
import understudy.wire.Member;
import understudy.wire.Members;
import understudy.wire.Release;

/**
 * Has the running daemon go by other members or another cluster document. While a peer may still go
 * by the former times, the stricter of both hold here: no moment has a holder that stops later than
 * another may start. Calls come one at a time, by {@link Documents} or under this lock.
 */
final class Reconfiguration implements Documents.Application {
  private final NodeConfig node;
  private final Documents documents;
  private final Members members;
  private final Release release;
  private final Loop loop;
  private final MandateKeeper keeper;
  private final Lookout lookout;
  private final SyncDriver sync;
  private final ResourceDriver driver;
  private final Heartbeats heartbeats;
  private final Diary diary;
  private final Clock clock;

  /** Another one waits for the next start: two at once would not know of each other. */
  private final ArbiterConfig arbiter;

  private Optional<ClusterConfig> former = Optional.empty();

  Reconfiguration(
      NodeConfig node,
      Documents documents,
      Members members,
      Release release,
      Loop loop,
      MandateKeeper keeper,
      Lookout lookout,
      SyncDriver sync,
      ResourceDriver driver,
      Heartbeats heartbeats,
      Diary diary,
      Clock clock) {
    this.node = node;
    this.documents = documents;
    this.members = members;
    this.release = release;
    this.loop = loop;
    this.keeper = keeper;
    this.lookout = lookout;
    this.sync = sync;
    this.driver = driver;
    this.heartbeats = heartbeats;
    this.diary = diary;
    this.clock = clock;
    this.arbiter = documents.config().failover().arbiter();
  }

  /** Membership changed: speaks with whoever is a member now, and decides by the new policy. */
  synchronized void membersChanged() {
    decideAnew();
    Set<NodeName> met = heartbeats.met();
    met.stream().filter(name -> members.named(name).isEmpty()).forEach(heartbeats::forget);
    members.peers().stream()
        .filter(member -> !met.contains(member.name()))
        .forEach(heartbeats::meet);
  }

  private Policy decideAnew() {
    Policy policy = Policies.of(node, documents.config(), arbiter, former, members, release);
    loop.replace(new Failover(policy), Policies.tick(policy));
    keeper.renewFor(policy.timing().lease());
    heartbeats.waitFor(policy.timing().leaseElsewhere());
    return policy;
  }

  /** Goes by the new times alone once everybody does. Called every second or so. */
  synchronized void settle() {
    if (former.isPresent() && documents.isAgreed()) {
      former = Optional.empty();
      decideAnew();
      diary.note("TIMES_AGREED", "all nodes go by the new times", List.of());
    }
  }

  @Override
  public List<String> plan(ClusterConfig before, ClusterConfig after) {
    var words = new ArrayList<String>();
    if (!before.failover().equals(after.failover())) {
      words.add("failover: the new times and rules are in force at once");
    }
    words.addAll(
        changes("dataset", before.datasets(), after.datasets(), dataset -> dataset.name()));
    words.addAll(
        changes("resource", before.resources(), after.resources(), resource -> resource.name()));
    return List.copyOf(words);
  }

  private static <T> List<String> changes(
      String kind, List<T> before, List<T> after, Function<T, String> name) {
    var old = before.stream().collect(Collectors.toMap(name, it -> it));
    var fresh = after.stream().collect(Collectors.toMap(name, it -> it));
    var words = new ArrayList<String>();
    for (T one : before) {
      if (!fresh.containsKey(name.apply(one))) {
        words.add(kind + " " + name.apply(one) + " is left alone from now on");
      }
    }
    for (T one : after) {
      T known = old.get(name.apply(one));
      if (known == null) {
        words.add(kind + " " + name.apply(one) + " is new");
      } else if (!Objects.equals(known, one)) {
        words.add(kind + " " + name.apply(one) + " changes");
      }
    }
    if (words.isEmpty() && !before.equals(after)) {
      words.add(kind + "s have another order");
    }
    return words;
  }

  @Override
  public synchronized List<String> apply(ClusterConfig before, ClusterConfig after) {
    var failures = new ArrayList<String>();
    if (!before.failover().equals(after.failover())) {
      former = Optional.of(before).filter(_ -> !members.peers().isEmpty());
      decideAnew();
    }
    boolean stores = node.designation() != Designation.WITNESS;
    boolean sameResources = before.resources().equals(after.resources());
    if (!sameResources
        || !before.failover().lease().equals(after.failover().lease())
        || !before.failover().connectivityTest().equals(after.failover().connectivityTest())) {
      lookout.ask(Lookout.connectivity(after), Lookout.service(after));
    }
    if (stores && !before.datasets().equals(after.datasets())) {
      changeDatasets(after, failures);
    }
    if (stores && !sameResources) {
      changeResources(after, failures);
    }
    return failures;
  }

  private void changeDatasets(ClusterConfig after, List<String> failures) {
    try {
      sync.reconfigure(after.datasets());
    } catch (IOException broken) {
      failures.add("a dataset cannot be opened: " + broken.getMessage());
    }
    State state = loop.state();
    if (state.role() == Role.ACTIVE) {
      sync.captureFirst(state.durable().reign());
    }
  }

  private void changeResources(ClusterConfig after, List<String> failures) {
    try {
      var surroundings = new Surroundings(after.name(), node.name(), node.state());
      var resources = driver.resources().changedTo(after.resources(), surroundings, clock);
      if (driver.change(resources) instanceof Outcome.Failed failed) {
        failures.add(failed.reason() + "; to do: " + failed.fix());
      }
      driver.again();
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      failures.add("the resources were not changed: the daemon is stopping");
    }
  }

  @Override
  public boolean isHeard(NodeName peer) {
    // Also of members that the deciding core has no part in, such as witnesses.
    Timing timing = loop.failover().policy().timing();
    return heartbeats.links().of(peer, timing.suspicion()).containsValue(true);
  }

  @Override
  public void note(String rule, String sentence, List<String> evidence) {
    diary.note(rule, sentence, evidence);
  }

  /** Takes a node into the cluster. */
  void meet(Member member) throws IOException {
    members.add(member);
    membersChanged();
  }

  /** Takes a node out of the cluster. */
  void part(NodeName name) throws IOException {
    members.remove(name);
    membersChanged();
  }
}
