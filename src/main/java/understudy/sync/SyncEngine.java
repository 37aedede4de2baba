package understudy.sync;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import understudy.config.DatasetConfig;
import understudy.failover.NodeName;
import understudy.failover.Term;
import understudy.linux.SystemCallException;
import understudy.sync.plan.Generation;
import understudy.sync.plan.Hash;
import understudy.sync.plan.Relation;
import understudy.sync.plan.TreePath;
import understudy.time.Clock;
import understudy.time.Moment;

/**
 * The datasets of this node: source for others while the node is active, follower while it is
 * standby, over the same trees. Safe for use by several threads. Calls that read or write trees
 * block on the disk and the network; {@link #heads} never does.
 */
public final class SyncEngine implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SyncEngine.class);

  private volatile Map<String, Dataset> datasets = Map.of();
  private final Map<String, Running> running = new ConcurrentHashMap<>();
  private final AtomicBoolean isSettled = new AtomicBoolean();
  private final Path stateDirectory;
  private final NodeName self;
  private final Clock clock;
  private final Effects effects;

  /**
   * Opens the indexes in {@code stateDirectory} and ends what the last life left unfinished, so
   * that every tree is one whole generation when this returns.
   */
  public SyncEngine(Path stateDirectory, List<DatasetConfig> datasets, NodeName self, Clock clock)
      throws IOException {
    this(stateDirectory, datasets, self, clock, Effects.NONE);
  }

  SyncEngine(
      Path stateDirectory, List<DatasetConfig> configs, NodeName self, Clock clock, Effects effects)
      throws IOException {
    this.stateDirectory = stateDirectory;
    this.self = self;
    this.clock = clock;
    this.effects = effects;
    try {
      reconfigure(configs);
    } catch (IOException | RuntimeException | Error failed) {
      close();
      throw failed;
    }
  }

  /**
   * Goes on with these datasets. Those that stay as they are go on undisturbed; what runs in the
   * others is stopped, and waited for. Throws when some cannot be opened: the rest is in force
   * then.
   */
  public final synchronized void reconfigure(List<DatasetConfig> configs) throws IOException {
    Map<String, Dataset> before = datasets;
    Map<String, Dataset> next = new LinkedHashMap<>();
    for (DatasetConfig config : configs) {
      Dataset known = before.get(config.name());
      if (known != null && known.config().equals(config)) {
        next.put(config.name(), known);
      }
    }
    datasets = Collections.unmodifiableMap(new LinkedHashMap<>(next));
    for (Dataset gone : before.values()) {
      if (!next.containsValue(gone)) {
        cancel(gone.name());
        close(gone);
      }
    }
    List<IOException> failures = new ArrayList<>();
    try {
      for (DatasetConfig config : configs) {
        if (!next.containsKey(config.name())) {
          open(config, next, failures);
        }
      }
    } finally {
      datasets = inOrder(configs, next);
    }
    if (!failures.isEmpty()) {
      throw failures.getFirst();
    }
  }

  private void open(DatasetConfig config, Map<String, Dataset> next, List<IOException> failures) {
    try {
      Dataset dataset = new Dataset(config, stateDirectory, self, clock, effects);
      next.put(config.name(), dataset);
      recover(dataset);
    } catch (IOException unopened) {
      LOG.error("dataset {} cannot be opened: {}", config.name(), unopened.getMessage());
      failures.add(unopened);
    }
  }

  private static Map<String, Dataset> inOrder(
      List<DatasetConfig> configs, Map<String, Dataset> opened) {
    Map<String, Dataset> ordered = new LinkedHashMap<>();
    for (DatasetConfig config : configs) {
      Dataset dataset = opened.get(config.name());
      if (dataset != null) {
        ordered.put(config.name(), dataset);
      }
    }
    return Collections.unmodifiableMap(ordered);
  }

  private static void close(Dataset dataset) throws IOException {
    dataset.lock().lock();
    try {
      dataset.close();
    } finally {
      dataset.lock().unlock();
    }
  }

  private static void recover(Dataset dataset) {
    try {
      new Finishing(dataset).recover();
    } catch (IOException blocked) {
      // the head says that this tree is not whole; the next pull tries again
      LOG.error(
          "dataset {} is between two generations and must not be served: {}",
          dataset.name(),
          blocked.getMessage());
    }
  }

  private Dataset dataset(String name) {
    Dataset dataset = datasets.get(name);
    if (dataset == null) {
      throw new IllegalArgumentException("there is no dataset '" + name + "'");
    }
    return dataset;
  }

  /**
   * Serves one follower until it closes the stream. The caller authenticated it and owns the
   * stream. {@code listener} is told of each capture. Throws when the stream breaks or the follower
   * sends what a follower never would.
   */
  public void serve(
      InputStream in, OutputStream out, NodeName follower, Term term, CaptureListener listener)
      throws IOException {
    LOG.debug("{} serves follower {} in term {}", self, follower, term);
    new Source(name -> Optional.ofNullable(datasets.get(name)), clock, term, listener, in, out)
        .serve();
  }

  /**
   * As {@link #serve}, from a standby: offers the generation that it has and never looks at its
   * tree for another one. A file that a commit of its own replaces meanwhile is not what was
   * offered; the follower finds that out and asks again.
   */
  public void serveVerified(InputStream in, OutputStream out, NodeName follower, Term term)
      throws IOException {
    LOG.debug("{} serves follower {} what it has verified", self, follower);
    new Source(name -> Optional.ofNullable(datasets.get(name)), clock, term, (_, _) -> {}, in, out)
        .verifiedOnly()
        .serve();
  }

  /**
   * Reads all of a dataset again and compares it with what is known of it. Blocks for as long as
   * that takes; runs of syncs go on beside it.
   *
   * @param bytesPerSecond at most; {@code Long.MAX_VALUE}: as fast as the disk
   * @param progress told of entries and bytes so far; must not block
   */
  public ScrubReport scrub(String name, long bytesPerSecond, BiConsumer<Long, Long> progress)
      throws IOException {
    return new Scrub(dataset(name), bytesPerSecond, progress).run();
  }

  /** Forgets what is known of these files, so that the next pull brings them again. */
  public void distrust(String name, Set<TreePath> paths) throws IOException {
    Dataset dataset = dataset(name);
    Term term = dataset.head().generation().map(Generation::term).orElse(Term.NONE);
    var _ = dataset.capture(term, false, new Scanner.Orders(paths, Set.of()), new Scanning());
  }

  /**
   * Scans the tree of this node: its head, newly made when the content has changed. Throws {@link
   * SyncRefused} when the dataset's directory is missing or lost its marker.
   */
  public Generation capture(String dataset, Term term) throws IOException {
    return capture(dataset, term, false);
  }

  /** As {@link #capture(String, Term)}; {@code isForced}: also without the marker. */
  public Generation capture(String dataset, Term term, boolean isForced) throws IOException {
    return dataset(dataset).capture(term, isForced, Scanner.Orders.NONE, new Scanning());
  }

  /**
   * Brings this node's tree to the source's head. Blocks until it is done; a second call for the
   * same dataset fails as busy. Interrupting the thread, or {@link #cancel}, stops it before the
   * commit; what is staged is kept for the next run. {@code progress} is called often and must not
   * block.
   */
  public SyncResult pull(
      String name, StreamOpener source, PullOptions options, Consumer<SyncProgress> progress) {
    return pull(name, source, options, progress, Eagerness.AT_ONCE);
  }

  /** As {@link #pull(String, StreamOpener, PullOptions, Consumer)}, when there are news. */
  public SyncResult pull(
      String name,
      StreamOpener source,
      PullOptions options,
      Consumer<SyncProgress> progress,
      Eagerness eagerness) {
    Dataset dataset = dataset(name);
    Pull pull = new Pull(dataset, options, progress, eagerness);
    Running mine = new Running();
    if (running.putIfAbsent(name, mine) != null) {
      return pull.failed(
          SyncRefused.Code.BUSY, "a sync of '" + name + "' is under way", "wait for it to end");
    }
    try {
      if (isSettled.get() && !options.gathers()) {
        return pull.failed(
            SyncRefused.Code.BUSY, "this node is not following anybody", "wait until it does");
      }
      return pulled(dataset, source, pull, mine, options.gathers());
    } finally {
      running.remove(name, mine);
      mine.end();
    }
  }

  /** Reaching a dead source takes seconds, and nobody who settles may wait for that. */
  private SyncResult pulled(
      Dataset dataset, StreamOpener source, Pull pull, Running mine, boolean gathers) {
    try (SyncStream stream = source.open()) {
      return mine.uses(stream) ? pulled(dataset, stream, pull, mine, gathers) : interrupted(pull);
    } catch (SyncRefused refused) {
      return pull.failed(refused);
    } catch (IOException failed) {
      boolean isStopped = mine.isStopped() || Thread.currentThread().isInterrupted();
      return isStopped
          ? interrupted(pull)
          : pull.failed(code(failed), describe(failed), "see the reason; the next run tries again");
    }
  }

  private static SyncResult pulled(
      Dataset dataset, SyncStream stream, Pull pull, Running mine, boolean gathers)
      throws IOException {
    dataset.startPulling(!gathers);
    try {
      // who settled while this waited for the lock serves by now
      return mine.isStopped() ? interrupted(pull) : pull.over(stream);
    } catch (IndexDamaged damaged) {
      dataset.heal(damaged);
      throw damaged; // the next run finds a sound index
    } finally {
      dataset.endPulling();
    }
  }

  private static SyncResult interrupted(Pull pull) {
    return pull.failed(
        SyncRefused.Code.INTERRUPTED, "the sync was stopped", "the next run goes on from there");
  }

  private static SyncRefused.Code code(IOException failed) {
    return failed instanceof SystemCallException full && full.isFull()
        ? SyncRefused.Code.DISK_FULL
        : failed instanceof EOFException || failed instanceof SocketException
            ? SyncRefused.Code.CONNECTION
            : SyncRefused.Code.INPUT_OUTPUT;
  }

  private static String describe(IOException failed) {
    String message = failed.getMessage();
    return message == null ? failed.getClass().getSimpleName() : message;
  }

  /**
   * Limits what this node receives of that dataset, also in a run under way: bytes per second, 0
   * for no limit, empty for what the configuration says.
   */
  public void limit(String name, OptionalLong bytesPerSecond) {
    dataset(name).limit().set(bytesPerSecond);
  }

  /**
   * The limit that holds now.
   *
   * @param bytesPerSecond 0: none
   * @param isByHand somebody set it; false: it follows the configuration
   */
  public record Rate(long bytesPerSecond, boolean isByHand) {}

  /** What this node receives of that dataset at most now. */
  public Rate rate(String name) {
    RateLimit limit = dataset(name).limit();
    return new Rate(limit.bytesPerSecond(), limit.isByHand());
  }

  /** Stops a run of that dataset, if one is under way and not yet committing. Does not wait. */
  public void cancel(String name) {
    Running run = running.get(name);
    if (run != null) {
      run.stop();
    }
  }

  /**
   * Makes the trees ready to be served: accepts no more pulls, stops those under way and waits up
   * to {@code within} until each has finished or taken back its commit. {@link #follow} accepts
   * pulls again.
   */
  public Settled settle(Duration within) {
    isSettled.set(true);
    running.keySet().forEach(this::cancel);
    Moment deadline = clock.now().plus(within);
    List<String> unfinished = new ArrayList<>();
    for (Dataset dataset : datasets.values()) {
      if (!isQuiet(dataset, clock.now().until(deadline)) || !dataset.head().isWhole()) {
        unfinished.add(dataset.name());
      }
    }
    return new Settled(unfinished.isEmpty(), List.copyOf(unfinished), heads());
  }

  private static boolean isQuiet(Dataset dataset, Duration within) {
    try {
      if (!dataset.lock().tryLock(Math.max(within.toNanos(), 0), TimeUnit.NANOSECONDS)) {
        return false;
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      return false;
    }
    try {
      new Finishing(dataset).recover();
      dataset.stopFollowing();
      return true;
    } catch (IOException blocked) {
      LOG.error("dataset {} cannot be made whole: {}", dataset.name(), blocked.getMessage());
      return false;
    } finally {
      dataset.lock().unlock();
    }
  }

  /** Accepts pulls again after {@link #settle}. */
  public void follow() {
    isSettled.set(false);
  }

  /** How this node learns of changes in that dataset. */
  public WatchState watchState(String name) {
    return dataset(name).watching().state();
  }

  /** What this node has, in the order of the datasets; from memory. */
  public List<Head> heads() {
    return datasets.values().stream().map(Dataset::head).toList();
  }

  /** Ids of this node's line, newest first and with gaps in the distant past, for others to see. */
  public List<Hash> ancestry(String name) throws IOException {
    return locked(name, dataset -> dataset.history().sample());
  }

  /**
   * How this node's head stands to another's, whose {@link #ancestry} is given. Where that has
   * gaps, a pull knows better.
   */
  public Relation relate(String name, List<Hash> other) throws IOException {
    return locked(
        name,
        dataset -> {
          List<Hash> own = dataset.history().sample();
          if (own.isEmpty() || other.isEmpty() || own.getFirst().equals(other.getFirst())) {
            return Relation.between(own, other);
          }
          boolean isAhead = dataset.history().place(other.getFirst()).isPresent();
          return isAhead ? Relation.AHEAD : Relation.between(own, other);
        });
  }

  /** What that dataset's syncs and restores took away on this node. */
  public Salvage salvage(String name) {
    return new Salvage(dataset(name));
  }

  /** Something done while nobody else scans or changes the dataset. */
  interface Work<T> {
    T on(Dataset dataset) throws IOException;
  }

  <T> T locked(String name, Work<T> work) throws IOException {
    Dataset dataset = dataset(name);
    dataset.lock().lock();
    try {
      return work.on(dataset);
    } finally {
      dataset.lock().unlock();
    }
  }

  @Override
  public void close() throws IOException {
    isSettled.set(true);
    running.keySet().forEach(this::cancel);
    for (Dataset dataset : datasets.values()) {
      close(dataset);
    }
  }
}
