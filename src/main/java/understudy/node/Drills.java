package understudy.node;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import understudy.api.Action;
import understudy.api.Views.Operation;
import understudy.failover.Effect.Reply;
import understudy.failover.Heartbeat;
import understudy.failover.NodeName;
import understudy.failover.Role;
import understudy.heartbeat.Links;
import understudy.pairing.PairingDesk;
import understudy.store.DrillStore;
import understudy.store.DrillStore.Drill;
import understudy.store.DrillStore.Step;
import understudy.time.Clock;
import understudy.time.Moment;
import understudy.wire.Member;
import understudy.wire.Members;

/**
 * Runs the validation plan on the live cluster: looks at everything first, and only when all of it
 * is well moves the role to the other node and back, measuring how long nobody served. One drill at
 * a time, on a thread of its own.
 */
final class Drills {
  private static final Logger LOG = LoggerFactory.getLogger(Drills.class);
  private static final Duration SWITCH_WITHIN = Duration.ofMinutes(30);
  private static final Duration READY_WITHIN = Duration.ofMinutes(5);
  private static final Duration LOOK_EVERY = Duration.ofMillis(5);
  private static final Duration ASK_EVERY = Duration.ofMillis(200);

  /** What the plan says, for a rehearsal. */
  static final String PLAN =
      "check every way between the nodes, readiness, heartbeats on every link and a sync run; then"
          + " switch over, with the contents compared, and back; nothing moves unless all of it is"
          + " well before";

  private final Loop loop;
  private final Operations operations;
  private final DrillStore store;
  private final Members members;
  private final PeerCalls calls;
  private final Links links;
  private final Diary diary;
  private final Clock clock;
  private final AtomicBoolean running = new AtomicBoolean();
  private Optional<Cluster> cluster = Optional.empty();

  /** The rest of the daemon, made after this. */
  record Cluster(Actions actions, PairingDesk desk, Care care) {}

  Drills(
      Loop loop,
      Operations operations,
      DrillStore store,
      Members members,
      PeerCalls calls,
      Links links,
      Diary diary,
      Clock clock) {
    this.loop = loop;
    this.operations = operations;
    this.store = store;
    this.members = members;
    this.calls = calls;
    this.links = links;
    this.diary = diary;
    this.clock = clock;
  }

  void of(Cluster madeLater) {
    cluster = Optional.of(madeLater);
  }

  /** Newest first. */
  List<Drill> drills() {
    return store.drills();
  }

  /** When the last drill that passed ended. */
  Optional<Instant> provenAt() {
    return store.drills().stream().filter(Drill::passed).map(Drill::finished).findFirst();
  }

  /** Begins one; returns at once. */
  Operation begin(long operation) {
    if (!running.compareAndSet(false, true)) {
      return operations.end(
          operation, "refused", "busy", "a drill is under way", "see: understudy drill list");
    }
    Thread.ofPlatform().daemon().name("drill").start(() -> run(operation));
    return operations.numbered(operation);
  }

  private void run(long operation) {
    try {
      var run = new Run(operation);
      Drill drill = run.carryOut();
      keep(drill);
      tellOthers(drill);
      String outage =
          drill.outageSeconds() == null
              ? ""
              : "; nobody served for at most " + Math.round(drill.outageSeconds() * 1000) + " ms";
      diary.note(
          drill.passed() ? "DRILL_PASSED" : "DRILL_FAILED",
          drill.passed() ? "a drill moved the role there and back" : "a drill failed",
          drill.steps().stream().map(Drills::sentence).toList());
      operations.end(
          operation,
          drill.passed() ? "done" : "failed",
          drill.passed() ? null : "drill-failed",
          drill.passed() ? "passed" + outage : sentence(drill.steps().getLast()),
          drill.passed() ? null : "see: understudy drill list, understudy ready");
    } catch (InterruptedException stopping) {
      operations.end(operation, "failed", "stopping", "the daemon is stopping", null);
      Thread.currentThread().interrupt();
    } finally {
      running.set(false);
    }
  }

  private static String sentence(Step step) {
    return step.name() + ": " + step.result() + " (" + step.evidence() + ")";
  }

  /** A drill that another node ran. */
  void keep(Drill drill) {
    try {
      store.add(drill);
    } catch (IOException full) {
      LOG.error("the drill is not remembered: {}", full.getMessage());
    }
  }

  private void tellOthers(Drill drill) {
    for (Member peer : members.peers()) {
      try {
        calls.tell(peer, drill);
      } catch (IOException unreachable) {
        LOG.warn("{} does not know of the drill: {}", peer.name(), unreachable.getMessage());
      }
    }
  }

  /** One run and what it has found so far. */
  private final class Run {
    private final long operation;
    private final Instant started = clock.wall();
    private final List<Step> steps = new ArrayList<>();
    private final List<Duration> outages = new ArrayList<>();
    private final Cluster parts = cluster.orElseThrow();

    Run(long operation) {
      this.operation = operation;
    }

    Drill carryOut() throws InterruptedException {
      Optional<NodeName> first = serving();
      boolean well =
          look("every way between the nodes", this::ways)
              && look("readiness", this::readiness)
              && look("heartbeats on every link", this::heartbeats)
              && look("a sync run", () -> act(Action.of(Action.Kind.SYNC)))
              && first.isPresent();
      if (first.isEmpty()) {
        steps.add(new Step("somebody serves", "fail", "no node serves", 0));
      }
      if (well) {
        well =
            look("switchover, contents compared", () -> move(Optional.empty()))
                && look("the former node is ready again", this::isReadyAgain)
                && look("and back to " + first.get(), () -> move(first));
      }
      Optional<Duration> longest = outages.stream().max(Duration::compareTo);
      return new Drill(
          Operations.id(operation),
          loop.failover().policy().self().value(),
          started,
          clock.wall(),
          well,
          longest.map(outage -> outage.toNanos() / 1e9).orElse(null),
          List.copyOf(steps));
    }

    /** Empty: well; otherwise what is wrong. */
    private interface Look {
      Finding look() throws InterruptedException;
    }

    private record Finding(boolean well, String evidence) {}

    private boolean look(String name, Look look) throws InterruptedException {
      operations.reply(operation, new Reply.Underway(name));
      Moment begun = clock.now();
      Finding found = look.look();
      double seconds = begun.until(clock.now()).toNanos() / 1e9;
      steps.add(new Step(name, found.well() ? "pass" : "fail", found.evidence(), seconds));
      return found.well();
    }

    private Finding ways() {
      var rows = parts.desk().test();
      var bad =
          rows.stream().filter(row -> !row.outcome().equals("reached")).map(it -> it.sentence());
      String trouble = bad.collect(Collectors.joining("; "));
      return trouble.isEmpty() && !rows.isEmpty()
          ? new Finding(true, rows.size() + " ways reached, both directions")
          : new Finding(false, rows.isEmpty() ? "there is no other node" : trouble);
    }

    private Finding readiness() {
      var checks = parts.care().readiness().checks();
      String trouble =
          checks.stream()
              .filter(check -> check.blocking() && check.result().equals("fail"))
              .map(check -> check.name() + ": " + check.evidence())
              .collect(Collectors.joining("; "));
      return trouble.isEmpty()
          ? new Finding(true, checks.size() + " checks")
          : new Finding(false, trouble);
    }

    private Finding heartbeats() {
      var silent = new ArrayList<String>();
      int heard = 0;
      Duration window = loop.failover().policy().timing().suspicion();
      for (Member peer : members.peers()) {
        for (Map.Entry<String, Boolean> link : links.of(peer.name(), window).entrySet()) {
          if (Boolean.TRUE.equals(link.getValue())) {
            heard++;
          } else {
            silent.add(peer.name() + " on " + link.getKey());
          }
        }
      }
      return silent.isEmpty() && heard > 0
          ? new Finding(true, "heard on " + heard + " links")
          : new Finding(false, "silent: " + String.join(", ", silent));
    }

    private Finding act(Action action) throws InterruptedException {
      Operation ended = follow(parts.actions().act(action, "a drill", Optional.empty()));
      String message = ended.message() == null ? ended.state() : ended.message();
      return new Finding(ended.state().equals("done"), message);
    }

    private Operation follow(Operation begun) throws InterruptedException {
      Moment deadline = clock.now().plus(SWITCH_WITHIN);
      Operation now = begun;
      while (now.finished() == null && clock.now().isBefore(deadline)) {
        Thread.sleep(ASK_EVERY);
        now = parts.actions().operation(now.id()).orElse(now);
      }
      return now;
    }

    private Finding move(Optional<NodeName> to) throws InterruptedException {
      var watch = new OutageWatch();
      Thread watching = Thread.ofPlatform().daemon().name("drill watches").start(watch);
      Finding moved;
      try {
        moved =
            act(
                new Action(
                    Action.Kind.SWITCHOVER,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    to.map(NodeName::value).orElse(null),
                    null,
                    "drill",
                    null,
                    null));
        await(READY_WITHIN, () -> serving().isPresent());
      } finally {
        watching.interrupt();
        watching.join();
      }
      outages.add(watch.longest);
      return new Finding(
          moved.well(),
          moved.evidence() + ", nobody served for " + watch.longest.toMillis() + " ms");
    }

    private Finding isReadyAgain() throws InterruptedException {
      boolean ready = await(READY_WITHIN, () -> passive().anyMatch(Heartbeat::ready));
      return new Finding(ready, ready ? "standby, data complete" : "no standby is ready");
    }

    private java.util.stream.Stream<Heartbeat> passive() {
      return known().stream().filter(beat -> beat.role() == Role.STANDBY && beat.willing());
    }
  }

  private boolean await(Duration within, BooleanSupplier condition) throws InterruptedException {
    Moment deadline = clock.now().plus(within);
    while (!condition.getAsBoolean()) {
      if (!clock.now().isBefore(deadline)) {
        return false;
      }
      Thread.sleep(ASK_EVERY);
    }
    return true;
  }

  private List<Heartbeat> known() {
    return StatusBoard.known(loop.failover().policy(), loop.state(), clock.now());
  }

  private Optional<NodeName> serving() {
    return known().stream()
        .filter(beat -> beat.role() == Role.ACTIVE)
        .map(Heartbeat::from)
        .findFirst();
  }

  /** Every role change is spoken at once, so the gap between two servers is seen to some ms. */
  private final class OutageWatch implements Runnable {
    private volatile Duration longest = Duration.ZERO;

    @Override
    public void run() {
      Moment served = clock.now();
      try {
        while (true) {
          Moment now = clock.now();
          if (serving().isPresent()) {
            Duration gap = served.until(now);
            // Between two looks nothing can be said, and nothing is.
            if (gap.compareTo(LOOK_EVERY.multipliedBy(2)) > 0 && gap.compareTo(longest) > 0) {
              longest = gap;
            }
            served = now;
          }
          Thread.sleep(LOOK_EVERY);
        }
      } catch (InterruptedException over) {
        LOG.debug("the drill has moved the role");
      }
    }
  }
}
