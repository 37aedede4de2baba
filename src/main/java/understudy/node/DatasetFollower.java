package understudy.node;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import understudy.failover.NodeName;
import understudy.sync.Eagerness;
import understudy.sync.SyncProgress;
import understudy.sync.SyncRefused;
import understudy.sync.SyncResult;
import understudy.sync.plan.SyncSchedule;
import understudy.time.Clock;
import understudy.time.Moment;

/**
 * Keeps one dataset up to date while there is a source to follow: a run when its schedule says so
 * or when somebody asks, one after the other on one thread.
 */
final class DatasetFollower implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DatasetFollower.class);
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);
  private static final Duration PAUSE_WHILE_ASKING = Duration.ofSeconds(10);
  private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(2);

  /** A scheduled run that failed is made again after this, then twice this, and so on. */
  private static final Duration FIRST_RETRY = Duration.ofMinutes(1);

  private static final Duration LONGEST_RETRY = Duration.ofHours(1);

  /** So long a run waits for news before it asks whether really nothing is new. */
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  /** Brings the dataset up to date; blocks. */
  interface Puller {
    SyncResult pull(NodeName source, Eagerness eagerness);
  }

  /** Told of every run that has ended, with the moment from which on the source was looked at. */
  interface Listener {
    void ended(SyncResult result, Moment begunAt);
  }

  private final String name;
  private final SyncSchedule schedule;
  private final Clock clock;
  private final Puller puller;
  private final Listener listener;
  private final Thread thread;
  private Optional<NodeName> source = Optional.empty();
  private List<Wish> asked = new ArrayList<>();
  private Optional<Instant> lastStart = Optional.empty();
  private Instant notBefore = Instant.MIN;
  private Optional<Instant> retryAt = Optional.empty();
  private Duration nextRetry = FIRST_RETRY;
  private boolean closing;
  private volatile Optional<SyncProgress> progress = Optional.empty();
  private volatile Optional<Moment> lookedAt = Optional.empty();
  private volatile Optional<Moment> comparedAt = Optional.empty();
  private Optional<Underway> underway = Optional.empty();
  private boolean isHeld;

  /** A run that somebody asked for. */
  private record Wish(CompletableFuture<SyncResult> future, Eagerness eagerness) {}

  /** A run under way, and who waits for it. */
  private record Underway(Instant since, List<CompletableFuture<SyncResult>> joined) {}

  /**
   * A run that somebody waits for.
   *
   * @param since when it began, if it was under way before; empty: it begins now
   */
  record Joined(Optional<Instant> since, CompletableFuture<SyncResult> future) {}

  DatasetFollower(
      String name, SyncSchedule schedule, Clock clock, Puller puller, Listener listener) {
    this.name = name;
    this.schedule = schedule;
    this.clock = clock;
    this.puller = puller;
    this.listener = listener;
    this.thread = Thread.ofPlatform().name("follows " + name).daemon().unstarted(this::follow);
  }

  void start() {
    thread.start();
  }

  /** From now on this node is followed; empty: nobody. What was asked and not begun is given up. */
  synchronized void follow(Optional<NodeName> node) {
    if (!source.equals(node)) {
      retryAt = retryAt.map(_ -> clock.wall()); // what failed with one may succeed with another
      nextRetry = FIRST_RETRY;
    }
    source = node;
    notBefore = Instant.MIN;
    if (node.isEmpty()) {
      asked.forEach(wish -> wish.future().cancel(false));
      asked = new ArrayList<>();
    }
    notifyAll();
  }

  /** A run that begins after this call. Cancelled when there is nobody to follow. */
  synchronized CompletableFuture<SyncResult> runNow(Eagerness eagerness) {
    var future = new CompletableFuture<SyncResult>();
    if (source.isEmpty()) {
      future.cancel(false);
    } else {
      asked.add(new Wish(future, eagerness));
      notifyAll();
    }
    return future;
  }

  /** The run under way, or else one that begins now. */
  synchronized Joined join(Eagerness eagerness) {
    if (underway.isPresent() && source.isPresent()) {
      var future = new CompletableFuture<SyncResult>();
      underway.get().joined().add(future);
      return new Joined(Optional.of(underway.get().since()), future);
    }
    return new Joined(Optional.empty(), runNow(eagerness));
  }

  /** While it is held, only asked runs begin. */
  synchronized void hold(boolean held) {
    isHeld = held;
    notBefore = Instant.MIN;
    notifyAll();
  }

  /** Whom it follows. */
  synchronized Optional<NodeName> source() {
    return source;
  }

  /** There is somebody to follow, and this follower goes on. */
  synchronized boolean isSourced() {
    return source.isPresent() && !closing;
  }

  /** The time between two runs that begin by themselves. */
  Duration intervalAfter(Instant now) {
    Instant next = schedule.after(now);
    return Duration.between(next, schedule.after(next));
  }

  /** When the next run begins by itself; empty: none does. */
  synchronized Optional<Instant> nextDue() {
    return source.isEmpty() || isHeld ? Optional.empty() : Optional.of(due(clock.wall()));
  }

  private Instant due(Instant now) {
    Instant scheduled = schedule.nextDue(lastStart, now);
    return retryAt.filter(retry -> retry.isBefore(scheduled)).orElse(scheduled);
  }

  void note(SyncProgress news) {
    if (lookedAt.isEmpty() && news.phase().equals(SyncProgress.LOOKING)) {
      lookedAt = Optional.of(clock.now());
    }
    if (lookedAt.isPresent()
        && comparedAt.isEmpty()
        && !news.phase().equals(SyncProgress.LOOKING)) {
      comparedAt = Optional.of(clock.now());
    }
    progress = Optional.of(news);
  }

  /** How far the run under way is; empty: none. */
  Optional<SyncProgress> progress() {
    return progress;
  }

  String name() {
    return name;
  }

  private record Run(NodeName source, List<Wish> asked) {}

  private synchronized Run awaitNext() throws InterruptedException {
    while (true) {
      Instant now = clock.wall();
      Instant due = due(now);
      if (due.isBefore(notBefore)) {
        due = notBefore;
      }
      if (source.isPresent() && (!asked.isEmpty() || (!isHeld && !due.isAfter(now)))) {
        var run = new Run(source.get(), asked);
        asked = new ArrayList<>();
        lastStart = Optional.of(now);
        underway = Optional.of(new Underway(now, new ArrayList<>()));
        return run;
      }
      Duration left = Duration.between(now, due);
      boolean endless = source.isEmpty() || isHeld || left.compareTo(LONGEST_WAIT) > 0;
      wait(Math.max(1, (endless ? LONGEST_WAIT : left).toMillis()));
    }
  }

  private void follow() {
    while (!isClosing()) {
      try {
        carryOut(awaitNext());
      } catch (InterruptedException late) {
        // The engine stopped a run that had just ended, or this follower is closing.
        LOG.debug("{} was interrupted between two runs", name);
      } catch (RuntimeException | Error bug) {
        LOG.error("the end of a sync run of {} broke: this is a bug", name, bug);
      }
    }
  }

  private void carryOut(Run run) {
    Moment start = clock.now();
    lookedAt = Optional.empty();
    comparedAt = Optional.empty();
    SyncResult result = pulled(run, start);
    progress = Optional.empty();
    Moment begunAt = lookedAt.orElse(start);
    Moment end = clock.now();
    rest(result, start.until(begunAt), begunAt.until(comparedAt.orElse(end)), begunAt.until(end));
    try {
      listener.ended(result, begunAt);
    } finally {
      run.asked().forEach(wish -> wish.future().complete(result));
      ended().forEach(future -> future.complete(result));
    }
  }

  /** A bug must not end the following of this dataset silently: it is a run that failed. */
  private SyncResult pulled(Run run, Moment start) {
    Instant begun = clock.wall();
    try {
      return puller.pull(run.source(), eagerness(run, start));
    } catch (RuntimeException | Error bug) {
      LOG.error("a sync run of {} broke: this is a bug", name, bug);
      return new SyncResult.Failed(
          new SyncResult.Run(name, begun, clock.wall(), 0, 0, 0, 0),
          SyncRefused.Code.INPUT_OUTPUT,
          "the run broke: " + bug,
          "report this with the log of this node; the next run tries again",
          Optional.empty());
    }
  }

  private synchronized List<CompletableFuture<SyncResult>> ended() {
    var joined = underway.map(Underway::joined).orElse(List.of());
    underway = Optional.empty();
    return joined;
  }

  private Eagerness eagerness(Run run, Moment start) {
    if (!run.asked().isEmpty()) {
      boolean isThorough = run.asked().stream().anyMatch(wish -> wish.eagerness().isThorough());
      return isThorough ? Eagerness.THOROUGH : Eagerness.AT_ONCE;
    }
    return new Eagerness() {
      @Override
      public boolean mayWait() {
        return isPatient(start);
      }

      @Override
      public boolean isThorough() {
        return false;
      }
    };
  }

  private synchronized boolean isPatient(Moment start) {
    return schedule instanceof SyncSchedule.Continuous
        && asked.isEmpty()
        && source.isPresent()
        && !closing
        && start.until(clock.now()).compareTo(PATIENCE) < 0;
  }

  private synchronized void rest(
      SyncResult result, Duration waited, Duration looked, Duration took) {
    retryAt = Optional.empty();
    if (result instanceof SyncResult.Failed failed) {
      boolean asks = failed.asked().isPresent();
      notBefore = clock.wall().plus(asks ? PAUSE_WHILE_ASKING : PAUSE_AFTER_FAILURE);
      if (!asks) { // who asks waits for a word
        retryLater();
      }
      return;
    }
    nextRetry = FIRST_RETRY;
    if (schedule instanceof SyncSchedule.Continuous(Duration atMostEvery)) {
      Instant look = clock.wall().minus(took);
      boolean isIdle = result instanceof SyncResult.Unchanged && waited.compareTo(PATIENCE) >= 0;
      // the pause is between generations: while nothing changes, the source tells when it does
      lastStart = isIdle ? Optional.empty() : Optional.of(look);
      // Looking for changes must not eat the source's machine: a long look is followed by a rest.
      boolean isLong = looked.compareTo(atMostEvery) > 0;
      notBefore = isIdle || !isLong ? Instant.MIN : clock.wall().plus(looked);
    }
  }

  private void retryLater() {
    retryAt = Optional.of(clock.wall().plus(nextRetry));
    Duration twice = nextRetry.multipliedBy(2);
    nextRetry = twice.compareTo(LONGEST_RETRY) < 0 ? twice : LONGEST_RETRY;
  }

  /** Interrupts that reach the thread are meant for the run under way, unless it is closing. */
  private synchronized boolean isClosing() {
    boolean wasStopped = Thread.interrupted();
    LOG.trace("{} goes on, stopped before: {}", name, wasStopped);
    return closing;
  }

  @Override
  public void close() {
    synchronized (this) {
      closing = true;
    }
    thread.interrupt();
  }
}
