package understudy.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import understudy.api.Views;
import understudy.api.Views.Check;
import understudy.failover.Arbiter;
import understudy.failover.Designation;
import understudy.failover.Heartbeat;
import understudy.failover.NodeName;
import understudy.failover.Policy;
import understudy.failover.Role;
import understudy.failover.Sighting;
import understudy.failover.Standing;
import understudy.failover.State;
import understudy.heartbeat.Links;
import understudy.resource.assembly.ResourceSet.Finding;
import understudy.sync.WatchState;
import understudy.time.Moment;

/** Would it work now? Collects checks with their evidence and what to do. */
final class Readiness {
  private static final long LEAST_FREE_BYTES = 64L * 1024 * 1024;
  private static final Duration CLOCKS_MAY_DIFFER = Duration.ofSeconds(1);
  private static final Duration CLOCKS_MUST_NOT_DIFFER = Duration.ofSeconds(60);

  private final Policy policy;
  private final State state;
  private final Moment at;
  private final List<Check> checks = new ArrayList<>();

  Readiness(Policy policy, State state, Moment at) {
    this.policy = policy;
    this.state = state;
    this.at = at;
  }

  private void add(
      String group,
      String name,
      String result,
      boolean blocking,
      String evidence,
      @Nullable String fix) {
    checks.add(new Check(group, name, policy.self().value(), result, blocking, evidence, 0.0, fix));
  }

  void peers(Links links, PeerBook book, Documents documents) {
    if (policy.peers().isEmpty()) {
      add(
          "peers",
          "a standby",
          "fail",
          true,
          "this cluster has one node",
          "understudy pair invite");
      return;
    }
    for (NodeName peer : policy.peers().keySet()) {
      Sighting sighting = Optional.ofNullable(state.view().peers().get(peer)).orElseThrow();
      boolean heard = sighting.isHeard(policy.timing().suspicion(), at);
      links
          .complaint(peer, policy.timing().primaryTimeout())
          .ifPresent(
              wrong -> add("peers", "words of " + peer, "fail", true, wrong.what(), wrong.fix()));
      if (!heard) {
        String since =
            sighting
                .heardAt()
                .map(moment -> "silent for " + Verdict.brief(moment.until(at)))
                .orElse("never heard since this daemon started");
        add("peers", peer + " is heard", "fail", true, since, "understudy pair test");
        continue;
      }
      links(peer, links);
      said(peer, sighting.last().orElseThrow(), book, documents);
    }
  }

  private void links(NodeName peer, Links links) {
    Map<String, Boolean> states = links.of(peer, policy.timing().suspicion());
    states.forEach(
        (link, up) ->
            add(
                "links",
                "link " + link + " to " + peer,
                up ? "pass" : "warn",
                false,
                up ? "heard" : "silent, other links are heard",
                up ? null : "check cable, address and firewall (port " + link + " both ways)"));
  }

  private void said(NodeName peer, Heartbeat beat, PeerBook book, Documents documents) {
    boolean same = beat.version().equals(policy.version());
    add(
        "versions",
        "same release on " + peer,
        same ? "pass" : "fail",
        true,
        beat.version() + (same ? "" : ", here " + policy.version()),
        same ? null : "upgrade the older node: data is copied between equal releases only");
    boolean willing = beat.ready() && beat.willing();
    add(
        "peers",
        peer + " is ready",
        willing || beat.mayServe() ? "pass" : "fail",
        true,
        beat.role().word()
            + (beat.ready() ? ", ready" : ", not ready")
            + (beat.willing() ? "" : ", by hand: was demoted"),
        willing || beat.mayServe() ? null : "on " + peer + ": understudy ready");
    book.of(peer)
        .ifPresent(
            entry -> {
              Duration apart = entry.clockAhead().abs();
              boolean near = apart.compareTo(CLOCKS_MAY_DIFFER) <= 0;
              boolean far = apart.compareTo(CLOCKS_MUST_NOT_DIFFER) > 0;
              add(
                  "clocks",
                  "clock of " + peer,
                  near ? "pass" : far ? "fail" : "warn",
                  false,
                  Verdict.brief(apart) + " apart",
                  near ? null : "set up time synchronisation on both nodes");
              boolean equal = entry.configHash().equals(documents.hashInForce());
              add(
                  "configuration",
                  "same cluster document on " + peer,
                  equal ? "pass" : "fail",
                  false,
                  equal
                      ? "equal"
                      : documents.trouble().orElse("they differ, and are being compared"),
                  equal ? null : "on the node that has the right one: understudy config import");
            });
  }

  void data() {
    if (policy.designation() == Designation.WITNESS) {
      return;
    }
    switch (state.view().data()) {
      case Standing.NothingToCopy _ ->
          add(
              "data",
              "datasets",
              "warn",
              false,
              "none is configured",
              "add datasets: to cluster.yaml");
      case Standing.Incomplete(String why) ->
          add("data", "complete", "fail", true, why, "understudy sync now");
      case Standing.Undated(String head) ->
          add("data", "complete", "warn", false, head + ", of unknown age", "understudy sync now");
      case Standing.Complete(String head, Moment freshAt) -> {
        Duration lag = freshAt.until(at);
        boolean late = policy.maxLoss().filter(max -> lag.compareTo(max) > 0).isPresent();
        boolean serves = state.role() == Role.ACTIVE;
        add(
            "data",
            "complete",
            late && !serves ? "fail" : "pass",
            true,
            head + (serves ? ", the source" : ", " + Verdict.brief(lag) + " old"),
            late && !serves ? "understudy sync history" : null);
      }
    }
  }

  /** How changes are noticed, by dataset, while this node is the source. */
  void watches(Map<String, WatchState> watches) {
    watches.forEach(
        (dataset, watch) ->
            WatchWords.of(watch)
                .ifPresent(
                    words ->
                        add(
                            "data",
                            "changes in " + dataset,
                            watch instanceof WatchState.None ? "warn" : "pass",
                            false,
                            words,
                            watch instanceof WatchState.None(_, String fix) ? fix : null)));
  }

  /** Do the nodes know the owners of the data by the same names? */
  void owners(List<OwnerFinding> findings) {
    for (OwnerFinding it : findings) {
      add("data", it.name(), it.result().word(), false, it.evidence(), it.fix().orElse(null));
    }
  }

  void resources(List<Finding> findings) {
    for (Finding finding : findings) {
      var readiness = finding.readiness();
      add(
          "resources",
          finding.resource() + ": " + readiness.name(),
          switch (readiness.result()) {
            case PASS -> "pass";
            case WARN -> "warn";
            case FAIL -> "fail";
            case NOT_CHECKED -> "not checked";
          },
          readiness.result() == understudy.resource.Readiness.Result.FAIL,
          readiness.evidence(),
          readiness.fix().orElse(null));
    }
  }

  void held(ServiceCare.Hold hold) {
    add(
        "resources",
        "service was sick here",
        "fail",
        true,
        hold.why()
            + "; the role does not come back by itself for "
            + Verdict.brief(at.until(hold.until())),
        "look at the service, then: understudy resume");
  }

  void automation(String automation) {
    boolean armed = automation.equals("armed");
    add(
        "automation",
        "automatic failover",
        armed ? "pass" : "warn",
        false,
        automation,
        armed
            ? null
            : automation.equals("paused")
                ? state.durable().pause().isPresent()
                    ? "understudy resume"
                    : "start the daemon of the node whose service is pinned"
                : "on-failure in cluster.yaml");
    if (policy.arbiter().granting() instanceof Arbiter.Granting.Proven
        && !policy.connectivityTested()) {
      add(
          "automation",
          "connectivity test",
          "warn",
          false,
          "no address is configured: this node cannot tell a dead peer from its own cut cable",
          "failover.connectivity-test in cluster.yaml, for example the gateway");
    }
    new VoterChecks(policy, state, at)
        .tell(
            (group, name, result, blocking, evidence, fix) ->
                add(group, name, result, blocking, evidence, fix.isEmpty() ? null : fix));
  }

  void urgency() {
    for (Urgency.Finding finding : Urgency.findings()) {
      add(
          "machine",
          finding.name(),
          finding.isWell() ? "pass" : "warn",
          false,
          finding.evidence(),
          finding.isWell()
              ? null
              : "run the daemon by its systemd unit, or as root: a busy machine may hold it up");
    }
  }

  void disk(Path stateDirectory, Optional<String> savingTrouble) {
    savingTrouble.ifPresent(
        trouble ->
            add("disk", "state is saved", "fail", true, trouble, "free space or repair the disk"));
    try {
      long free = Files.getFileStore(stateDirectory).getUsableSpace();
      boolean enough = free >= LEAST_FREE_BYTES;
      add(
          "disk",
          "space for the state",
          enough ? "pass" : "fail",
          !enough,
          free / (1024 * 1024) + " MiB free",
          enough ? null : "free at least 64 MiB on the file system of " + stateDirectory);
    } catch (IOException unreadable) {
      add(
          "disk",
          "space for the state",
          "not checked",
          false,
          String.valueOf(unreadable.getMessage()),
          null);
    }
  }

  Views.Readiness view() {
    boolean failed = checks.stream().anyMatch(c -> c.blocking() && c.result().equals("fail"));
    boolean warned =
        checks.stream().anyMatch(c -> c.result().equals("warn") || c.result().equals("fail"));
    return new Views.Readiness(failed ? "fail" : warned ? "warn" : "pass", List.copyOf(checks));
  }
}
