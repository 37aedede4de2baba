package understudy.node;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import understudy.api.Action;
import understudy.api.ServedNode;
import understudy.api.Views;
import understudy.config.ClusterConfig;
import understudy.config.DatasetConfig;
import understudy.config.ResourceConfig;
import understudy.failover.Heartbeat;
import understudy.failover.NodeName;
import understudy.failover.Policy;
import understudy.failover.Role;
import understudy.failover.Standing;
import understudy.failover.State;
import understudy.heartbeat.Links;
import understudy.store.DrillStore;
import understudy.store.Journal;
import understudy.sync.Head;
import understudy.sync.SyncEngine;
import understudy.sync.SyncProgress;
import understudy.time.Clock;
import understudy.time.Moment;

/**
 * The running daemon as the API sees it: every answer is drawn from memory or the local journal.
 */
final class Front implements ServedNode {
  private static final Logger LOG = LoggerFactory.getLogger(Front.class);

  private final Supplier<ClusterConfig> cluster;
  private final Loop loop;
  private final Actions actions;
  private final SyncDriver sync;
  private final DataDesk data;
  private final Care care;
  private final Links links;
  private final PeerBook book;
  private final Journal journal;
  private final Bulletin bulletin;
  private final Explanations explanations;
  private final Drills drills;
  private final Clock clock;

  Front(
      Supplier<ClusterConfig> cluster,
      Loop loop,
      Actions actions,
      SyncDriver sync,
      DataDesk data,
      Care care,
      Links links,
      PeerBook book,
      Journal journal,
      Bulletin bulletin,
      Explanations explanations,
      Drills drills,
      Clock clock) {
    this.cluster = cluster;
    this.loop = loop;
    this.actions = actions;
    this.sync = sync;
    this.data = data;
    this.care = care;
    this.links = links;
    this.book = book;
    this.journal = journal;
    this.bulletin = bulletin;
    this.explanations = explanations;
    this.drills = drills;
    this.clock = clock;
  }

  private StatusBoard board() {
    return new StatusBoard(policy(), loop.state(), clock.now(), links, book, sync.copiesFrom());
  }

  private Policy policy() {
    return loop.failover().policy();
  }

  @Override
  public Views.Status status() {
    StatusBoard board = board();
    Views.Status status =
        board.status(cluster.get().name(), addresses(board), care.resources(), datasets());
    return drills
        .provenAt()
        .filter(_ -> status.protection().equals("PROTECTED"))
        .map(at -> proven(status, Duration.between(at, clock.wall())))
        .orElse(status);
  }

  /** That it would work is one thing, that it did another. */
  private static Views.Status proven(Views.Status status, Duration age) {
    return new Views.Status(
        status.sentence() + "  (proven " + Verdict.brief(age) + " ago)",
        status.cluster(),
        status.protection(),
        status.node(),
        status.version(),
        status.automation(),
        status.pausedUntil(),
        status.countdown(),
        status.waitingFor(),
        status.nodes(),
        status.addresses(),
        status.resources(),
        status.datasets());
  }

  @Override
  public List<Views.Drill> drills() {
    return drills.drills().stream().map(Front::drill).toList();
  }

  private static Views.Drill drill(DrillStore.Drill drill) {
    return new Views.Drill(
        drill.id(),
        drill.node(),
        drill.started(),
        drill.finished(),
        drill.passed() ? "passed" : "failed",
        drill.outageSeconds(),
        drill.steps().stream()
            .map(it -> new Views.DrillStep(it.name(), it.result(), it.evidence(), it.seconds()))
            .toList());
  }

  private List<Views.AddressRow> addresses(StatusBoard board) {
    Optional<String> holder =
        board.known().stream()
            .filter(beat -> beat.role() == Role.ACTIVE)
            .map(beat -> beat.from().value())
            .findFirst();
    return cluster.get().resources().stream()
        .filter(ResourceConfig.SharedIp.class::isInstance)
        .map(ResourceConfig.SharedIp.class::cast)
        .map(
            ip ->
                new Views.AddressRow(
                    ip.address().getHostAddress() + "/" + ip.prefix(),
                    holder.orElse(null),
                    holder.filter(policy().self().value()::equals).isPresent()
                        ? care.remaining().map(StatusBoard::seconds).orElse(null)
                        : null))
        .toList();
  }

  @Override
  public Views.Readiness readiness() {
    return care.readiness();
  }

  @Override
  public List<Views.Dataset> datasets() {
    List<Journal.Run> runs = recentRuns(200);
    List<Head> heads = sync.heads();
    return cluster.get().datasets().stream().map(dataset -> dataset(dataset, heads, runs)).toList();
  }

  private Views.Dataset dataset(DatasetConfig dataset, List<Head> heads, List<Journal.Run> runs) {
    var generation =
        heads.stream()
            .filter(head -> head.dataset().equals(dataset.name()))
            .flatMap(head -> head.generation().stream())
            .findFirst();
    var last =
        runs.stream()
            .filter(run -> run.dataset().equals(dataset.name()))
            .map(Runs::view)
            .findFirst();
    Optional<SyncEngine.Rate> rate = sync.rate(dataset.name());
    return new Views.Dataset(
        dataset.name(),
        dataset.path().toString(),
        switch (dataset.every()) {
          case DatasetConfig.Schedule.Continuous _ -> "continuous";
          case DatasetConfig.Schedule.Every(var interval, _) -> Verdict.brief(interval);
          case DatasetConfig.Schedule.Cron(var times) -> "cron " + times.text();
        },
        generation.map(g -> g.id().toString()).orElse(null),
        generation.map(g -> g.capturedAt()).orElse(null),
        generation.map(g -> g.totals().files()).orElse(null),
        generation.map(g -> g.totals().bytes()).orElse(null),
        last.orElse(null),
        running(dataset.name()),
        data.waitsFor(dataset.name()).orElse(null),
        sync.copiesFrom(dataset.name()).map(NodeName::value).orElse(null),
        rate.filter(it -> it.bytesPerSecond() > 0)
            .map(SyncEngine.Rate::bytesPerSecond)
            .orElse(null),
        rate.filter(it -> it.bytesPerSecond() > 0 || it.isByHand())
            .map(it -> it.isByHand() ? "hand" : "configuration")
            .orElse(null),
        sync.watch(dataset.name()).flatMap(WatchWords::of).orElse(null));
  }

  private Views.@Nullable Run running(String dataset) {
    Optional<SyncProgress> progress =
        sync.datasets().contains(dataset) ? sync.follower(dataset).progress() : Optional.empty();
    return progress
        .map(
            p ->
                new Views.Run(
                    dataset + "-running",
                    dataset,
                    clock.wall(),
                    null,
                    "running: " + p.phase(),
                    p.files(),
                    p.bytes(),
                    0,
                    null,
                    List.of(),
                    null))
        .orElse(null);
  }

  @Override
  public List<Views.HistoryRow> history(long before, int limit) {
    try {
      return journal.decisions(before, limit).stream().map(Bulletin::row).toList();
    } catch (SQLException unreadable) {
      LOG.error("the journal cannot be read: {}", unreadable.getMessage());
      return List.of();
    }
  }

  @Override
  public Optional<Views.Explanation> explain(String event) {
    return explanations.explain(event, status());
  }

  @Override
  public List<Views.Run> runs(int limit) {
    return recentRuns(limit).stream().map(Runs::view).toList();
  }

  private List<Journal.Run> recentRuns(int limit) {
    try {
      return journal.runs(limit);
    } catch (SQLException unreadable) {
      LOG.error("the journal cannot be read: {}", unreadable.getMessage());
      return List.of();
    }
  }

  @Override
  public Views.Operation act(Action action, String by, Optional<String> idempotencyKey) {
    return actions.act(action, by, idempotencyKey);
  }

  @Override
  public boolean knowsKey(String idempotencyKey) {
    return actions.knowsKey(idempotencyKey);
  }

  @Override
  public Optional<Views.Operation> operation(String id) {
    return actions.operation(id);
  }

  @Override
  public Subscription subscribe(Consumer<Views.Event> listener) {
    return bulletin.subscribe(listener);
  }

  @Override
  public boolean isLive() {
    Moment late = loop.turnedAt().plus(policy().timing().primaryTimeout());
    return clock.now().isBefore(late);
  }

  @Override
  public boolean isActive() {
    return board().servesNow();
  }

  @Override
  public boolean isStandby(Duration maxLag) {
    State state = loop.state();
    if (!isLive() || state.role() != Role.STANDBY) {
      return false;
    }
    return switch (state.view().data()) {
      case Standing.NothingToCopy _ -> true;
      case Standing.Complete(_, Moment freshAt) ->
          freshAt.until(clock.now()).compareTo(maxLag) <= 0;
      case Standing.Incomplete _, Standing.Undated _ -> false;
    };
  }

  @Override
  public boolean isReady() {
    if (isActive()) {
      return true;
    }
    StatusBoard board = board();
    Heartbeat self = board.known().getFirst();
    return isLive() && self.role() == Role.STANDBY && self.ready() && self.willing();
  }
}
