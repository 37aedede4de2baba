package understudy.node;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import understudy.config.DatasetConfig;
import understudy.failover.Heartbeat.Stage;
import understudy.failover.Input;
import understudy.failover.NodeName;
import understudy.failover.Standing;
import understudy.failover.Term;
import understudy.linux.PromptStart;
import understudy.store.QuestionStore;
import understudy.sync.Eagerness;
import understudy.sync.Head;
import understudy.sync.PullOptions;
import understudy.sync.Retention;
import understudy.sync.Schedules;
import understudy.sync.StreamOpener;
import understudy.sync.SyncEngine;
import understudy.sync.SyncResult;
import understudy.sync.WatchState;
import understudy.sync.plan.Brake;
import understudy.time.Clock;
import understudy.time.Moment;

/**
 * Has the sync engine do what the role asks for, and tells the loop what this node's data is worth.
 */
final class SyncDriver implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SyncDriver.class);

  private final SyncEngine engine;
  private final Clock clock;
  private final Function<NodeName, StreamOpener> openers;
  private final PullOptions options;
  private final News news;
  private final Map<String, DatasetConfig> configs = new LinkedHashMap<>();
  private volatile Map<String, DatasetFollower> followers = Map.of();
  private final Object following = new Object();
  private Optional<NodeName> source = Optional.empty();
  private final Map<String, Moment> freshAt = new ConcurrentHashMap<>();
  private volatile Map<String, DatasetConfig.Keeping> keepings = Map.of();
  private final SyncQuestions questions;
  private volatile Optional<Cascade> cascade = Optional.empty();
  private final Map<String, Cascade.Choice> choices = new ConcurrentHashMap<>();

  /** Who is told. */
  interface News {
    void post(Function<Moment, Input> input);

    void ended(SyncResult result);
  }

  SyncDriver(
      SyncEngine engine,
      List<DatasetConfig> datasets,
      Clock clock,
      Function<NodeName, StreamOpener> openers,
      PullOptions options,
      QuestionStore store,
      News news) {
    this.engine = engine;
    this.clock = clock;
    this.openers = openers;
    this.options = options;
    this.news = news;
    this.questions = new SyncQuestions(store, clock);
    hire(datasets);
  }

  /** One follower for each dataset; those of unchanged datasets stay. */
  private void hire(List<DatasetConfig> wanted) {
    var next = new LinkedHashMap<String, DatasetFollower>();
    for (DatasetConfig dataset : wanted) {
      DatasetFollower known = followers.get(dataset.name());
      boolean same = known != null && dataset.equals(configs.get(dataset.name()));
      next.put(dataset.name(), same ? known : follower(dataset));
    }
    configs.clear();
    wanted.forEach(dataset -> configs.put(dataset.name(), dataset));
    var keeping = new LinkedHashMap<String, DatasetConfig.Keeping>();
    wanted.forEach(dataset -> keeping.put(dataset.name(), dataset.keeping()));
    keepings = Collections.unmodifiableMap(keeping);
    followers = Collections.unmodifiableMap(next);
  }

  private void startNew(Map<String, DatasetFollower> before) {
    // The deciding loop comes here too, so nothing in this lock may wait.
    synchronized (following) {
      for (DatasetFollower follower : followers.values()) {
        if (!before.containsValue(follower)) {
          follower.follow(source);
          follower.start();
        }
      }
    }
  }

  /**
   * Goes on with these datasets; what runs in a changed one is stopped first. Blocks for as long as
   * that takes.
   */
  synchronized void reconfigure(List<DatasetConfig> wanted) throws IOException {
    Map<String, DatasetFollower> before = followers;
    hire(wanted);
    for (DatasetFollower former : before.values()) {
      if (!followers.containsValue(former)) {
        former.close();
      }
    }
    try {
      engine.reconfigure(wanted);
    } finally {
      dismissUnopened();
      freshAt.keySet().retainAll(followers.keySet());
      startNew(before);
      tellStanding();
    }
  }

  /** What the engine could not open cannot be followed; the standing says that it is missing. */
  private void dismissUnopened() {
    var opened = new LinkedHashMap<>(followers);
    opened.keySet().retainAll(engine.heads().stream().map(Head::dataset).toList());
    for (DatasetFollower follower : followers.values()) {
      if (!opened.containsKey(follower.name())) {
        follower.follow(Optional.empty());
      }
    }
    followers = Collections.unmodifiableMap(opened);
  }

  private DatasetFollower follower(DatasetConfig dataset) {
    var follower =
        new DatasetFollower(
            dataset.name(),
            Schedules.of(dataset.every()),
            clock,
            (source, eagerness) -> pull(dataset.name(), source, eagerness),
            (result, begunAt) -> ended(dataset.name(), result, begunAt));
    follower.hold(
        questions.about(dataset.name()).filter(SyncQuestions.Question::isRefused).isPresent());
    return follower;
  }

  void start() {
    followers.values().forEach(DatasetFollower::start);
  }

  /** From whom to copy is asked before every run. Called before {@link #start}. */
  void choosingBy(Cascade chosen) {
    cascade = Optional.of(chosen);
  }

  private SyncResult pull(String dataset, NodeName source, Eagerness eagerness) {
    DatasetFollower follower = follower(dataset);
    Cascade.Choice choice =
        cascade
            .map(
                it ->
                    it.choose(
                        dataset, source, hasData(dataset), longestInterval(), follower::isSourced))
            .orElse(Cascade.Choice.active(source));
    choices.put(dataset, choice);
    PullOptions usual = options(dataset);
    SyncResult result =
        engine.pull(
            dataset,
            openers.apply(choice.from()),
            choice.isStandby() ? usual.neverGoingBack() : usual,
            follower::note,
            eagerness);
    cascade.ifPresent(it -> it.ended(dataset, choice, result));
    return result;
  }

  private boolean hasData(String dataset) {
    return engine.heads().stream()
        .anyMatch(head -> head.dataset().equals(dataset) && head.generation().isPresent());
  }

  /** The longest time between two runs of a dataset, as the schedules say now. */
  private Duration longestInterval() {
    Instant now = clock.wall();
    return List.copyOf(followers.values()).stream()
        .map(follower -> follower.intervalAfter(now))
        .max(Comparator.naturalOrder())
        .orElse(Duration.ZERO);
  }

  /** Whose data this node copies: of one dataset; empty: nobody's. */
  Optional<NodeName> copiesFrom(String dataset) {
    return followers.containsKey(dataset)
        ? follower(dataset)
            .source()
            .map(
                active ->
                    Optional.ofNullable(choices.get(dataset))
                        .map(Cascade.Choice::from)
                        .orElse(active))
        : Optional.empty();
  }

  /** What this node receives of a dataset at most now; empty: it has no such dataset. */
  Optional<SyncEngine.Rate> rate(String dataset) {
    return followers.containsKey(dataset) ? Optional.of(engine.rate(dataset)) : Optional.empty();
  }

  /** How this node learns of changes in a dataset; empty: it has no such dataset. */
  Optional<WatchState> watch(String dataset) {
    return followers.containsKey(dataset)
        ? Optional.of(engine.watchState(dataset))
        : Optional.empty();
  }

  /** The same of all datasets. */
  Map<String, WatchState> watches() {
    var watches = new LinkedHashMap<String, WatchState>();
    datasets().forEach(name -> watch(name).ifPresent(state -> watches.put(name, state)));
    return watches;
  }

  /** Limits what this node receives: bytes per second, 0: no limit, empty: as configured. */
  void limit(String dataset, OptionalLong bytesPerSecond) {
    engine.limit(dataset, bytesPerSecond);
  }

  /** Whose data this node copies; of several, as of the first dataset. */
  Optional<NodeName> copiesFrom() {
    return followers.keySet().stream().findFirst().flatMap(this::copiesFrom);
  }

  private PullOptions options(String dataset) {
    DatasetConfig.Keeping keeping = Objects.requireNonNull(keepings.get(dataset));
    PullOptions usual =
        options
            .keeping(new Retention(keeping.keepFor(), keeping.keepBytes()))
            .braking(Brake.at(keeping.maxDelete()));
    return questions.permission(dataset).map(given -> given.on(usual)).orElse(usual);
  }

  /** What waits for a person. */
  SyncQuestions questions() {
    return questions;
  }

  /** A person says whether the sync that waits may go on. False: nothing waits. */
  boolean answer(String dataset, boolean accept) {
    if (!questions.answer(dataset, accept)) {
      return false;
    }
    follower(dataset).hold(!accept);
    return true;
  }

  private void ended(String dataset, SyncResult result, Moment begunAt) {
    questions.ended(result);
    switch (result) {
      case SyncResult.Unchanged _, SyncResult.Done _, SyncResult.DoneWithProblems _ -> {
        // what a standby offers is as old as it was; what this node had may have been newer
        Moment looked =
            Optional.ofNullable(choices.get(dataset))
                .flatMap(Cascade.Choice::freshAt)
                .orElse(begunAt);
        freshAt.merge(dataset, looked, Moment::laterOf);
        tellStanding();
      }
      case SyncResult.Failed failed -> {
        LOG.debug("sync of {}: {}", dataset, failed.reason());
        tellStanding(); // it may have left the tree between two generations
      }
    }
    news.ended(result);
  }

  /**
   * A follower of ours was served: our tree looked as the head says at {@code begunAt} or later.
   */
  void captured(String dataset, Moment begunAt) {
    freshAt.put(dataset, begunAt);
    tellStanding();
  }

  void tellStanding() {
    Standing standing = standing();
    news.post(at -> new Input.DataStands(at, standing));
  }

  /**
   * Names what this node holds as its first generation, where there is none yet: this node is where
   * the data comes from. Returns at once.
   */
  void captureFirst(Term term) {
    PromptStart.start(
        Thread.ofPlatform().daemon().name("captures"),
        () -> {
          for (Head head : engine.heads()) {
            if (head.generation().isEmpty()) {
              captureFirst(head.dataset(), term);
            }
          }
          tellStanding();
        });
  }

  private void captureFirst(String dataset, Term term) {
    Moment begunAt = clock.now();
    try {
      engine.capture(dataset, term);
      freshAt.put(dataset, begunAt);
    } catch (IOException refused) {
      LOG.error("dataset {} cannot be read: {}", dataset, refused.getMessage());
    }
  }

  /** What this node's data is worth now. */
  Standing standing() {
    Set<String> wanted = keepings.keySet();
    return wanted.isEmpty()
        ? new Standing.NothingToCopy()
        : Worth.of(wanted, engine.heads(), freshAt, this::isMerged, clock.now());
  }

  private boolean isMerged(String dataset) {
    DatasetConfig.Keeping keeping = keepings.get(dataset);
    return keeping != null && keeping.mode() == DatasetConfig.Mode.MERGE;
  }

  /** Where the data come from that are copied one way. */
  Lineage lineage() {
    return new Lineage(engine, datasets().stream().filter(dataset -> !isMerged(dataset)).toList());
  }

  /** Datasets of which this node, while it serves, also takes what its standby has besides. */
  List<String> merged() {
    return datasets().stream().filter(this::isMerged).toList();
  }

  /** Takes what a standby has besides. Blocks. */
  SyncResult gather(String dataset, StreamOpener standby) {
    SyncResult result = engine.pull(dataset, standby, options(dataset).gathering(), _ -> {});
    if (result instanceof SyncResult.Done || result instanceof SyncResult.DoneWithProblems) {
      news.ended(result);
    }
    return result;
  }

  void follow(Optional<NodeName> wanted) {
    if (wanted.isPresent()) {
      engine.follow();
    }
    synchronized (following) {
      if (!wanted.equals(source)) {
        choices.clear();
      }
      source = wanted;
      followers.values().forEach(follower -> follower.follow(wanted));
    }
  }

  /** Makes the data whole and lets nothing but the service write to it. Returns at once. */
  void settle(Term term, Duration within) {
    PromptStart.start(
        Thread.ofPlatform().daemon().name("settles"),
        () -> {
          var settled = engine.settle(within);
          Optional<String> trouble =
              settled.isWhole()
                  ? Optional.empty()
                  : Optional.of("not whole: " + String.join(", ", settled.unfinished()));
          Standing standing = standing();
          news.post(at -> new Input.DataSettled(at, term, standing, trouble));
        });
  }

  /** Copies everything now, for a switchover. Returns at once. */
  void errand(long operation, Stage stage, NodeName source, Duration within) {
    follow(Optional.of(source));
    PromptStart.start(
        Thread.ofPlatform().daemon().name("errand " + stage),
        () -> {
          Optional<String> trouble = copyAll(within);
          Standing standing = standing();
          news.post(at -> new Input.Synced(at, operation, stage, standing, trouble));
        });
  }

  private Optional<String> copyAll(Duration within) {
    try {
      List<SyncResult> results = syncNow(List.copyOf(followers.keySet()), within);
      return results.stream().flatMap(result -> trouble(result).stream()).findFirst();
    } catch (IOException failed) {
      return Optional.of(String.valueOf(failed.getMessage()));
    }
  }

  /** Runs that begin now, all at once; waits for them. Throws when one could not run in time. */
  List<SyncResult> syncNow(List<String> datasets, Duration within) throws IOException {
    var futures = new ArrayList<CompletableFuture<SyncResult>>();
    for (String dataset : datasets) {
      futures.add(follower(dataset).runNow(Eagerness.THOROUGH));
    }
    return await(futures, within);
  }

  /** Waits for runs. */
  List<SyncResult> await(List<CompletableFuture<SyncResult>> futures, Duration within)
      throws IOException {
    var results = new ArrayList<SyncResult>();
    Moment deadline = clock.now().plus(within);
    try {
      for (var future : futures) {
        long left = Math.max(0, clock.now().until(deadline).toMillis());
        results.add(future.get(left, TimeUnit.MILLISECONDS));
      }
      return results;
    } catch (TimeoutException slow) {
      throw new IOException(
          "the sync goes on, it took longer than " + within.toSeconds() + " s", slow);
    } catch (CancellationException nobody) {
      throw new IOException("there is no active node to copy from", nobody);
    } catch (ExecutionException bug) {
      throw new IllegalStateException("a sync run broke", bug);
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      throw new IOException("stopped while waiting for the sync", stopping);
    }
  }

  private static Optional<String> trouble(SyncResult result) {
    return switch (result) {
      case SyncResult.Unchanged _, SyncResult.Done _ -> Optional.empty();
      case SyncResult.DoneWithProblems done -> Optional.of(String.join("; ", done.problems()));
      case SyncResult.Failed failed -> Optional.of(failed.reason() + ": " + failed.fix());
    };
  }

  List<String> datasets() {
    return List.copyOf(followers.keySet());
  }

  DatasetFollower follower(String dataset) {
    DatasetFollower follower = followers.get(dataset);
    if (follower == null) {
      throw new IllegalArgumentException("there is no dataset '" + dataset + "'");
    }
    return follower;
  }

  List<Head> heads() {
    return engine.heads();
  }

  @Override
  public void close() throws IOException {
    followers.values().forEach(DatasetFollower::close);
    engine.close();
  }
}
