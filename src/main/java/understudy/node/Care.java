package understudy.node;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import understudy.api.Action;
import understudy.api.Views;
import understudy.failover.Durable;
import understudy.failover.Input;
import understudy.failover.Request;
import understudy.failover.State;
import understudy.heartbeat.Links;
import understudy.linux.PromptStart;
import understudy.resource.Outcome;
import understudy.resource.assembly.ResourceSet.Checked;
import understudy.resource.assembly.ResourceSet.Finding;
import understudy.time.Clock;

/**
 * Looks after this machine at leisure: readiness, conditions, the gate, the end of a pause. One
 * thread of its own.
 */
final class Care implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Care.class);
  private static final Duration ROUND = Duration.ofSeconds(1);
  private static final int ROUNDS_BETWEEN_READINESS = 10;
  private static final int ROUNDS_BETWEEN_COLLECTIONS = 5;

  private final Loop loop;
  private final Inbox inbox;
  private final Operations operations;
  private final ResourceDriver driver;
  private final SyncDriver sync;
  private final Links links;
  private final PeerBook book;
  private final Path stateDirectory;
  private final Documents documents;
  private final Reconfiguration reconfiguration;
  private final ServiceCare services;
  private final Pinning pinning;
  private final Soak soak;
  private final AtomicBoolean comparing = new AtomicBoolean();
  private final Clock clock;
  private final Runnable seating;
  private final OwnerCare owners;
  private final ScheduledExecutorService rounds =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("cares").daemon().factory());
  private volatile List<Finding> findings = List.of();
  private volatile List<Checked> conditions = List.of();
  private final SpareMemory memory = new SpareMemory();
  private int round;
  private boolean fit = true;
  private boolean gateTrouble;

  Care(
      Loop loop,
      Inbox inbox,
      Operations operations,
      ResourceDriver driver,
      SyncDriver sync,
      Links links,
      PeerBook book,
      Path stateDirectory,
      Documents documents,
      Reconfiguration reconfiguration,
      ServiceCare services,
      Pinning pinning,
      Clock clock,
      Runnable seating,
      OwnerCare owners) {
    this.loop = loop;
    this.inbox = inbox;
    this.operations = operations;
    this.driver = driver;
    this.sync = sync;
    this.links = links;
    this.book = book;
    this.stateDirectory = stateDirectory;
    this.documents = documents;
    this.reconfiguration = reconfiguration;
    this.services = services;
    this.pinning = pinning;
    this.soak = new Soak(() -> documents.config().failover().failback());
    this.clock = clock;
    this.seating = seating;
    this.owners = owners;
  }

  void start() {
    // Its rounds catch everything themselves: the future has nothing to tell.
    var _ =
        rounds.scheduleWithFixedDelay(this::goRound, 0, ROUND.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void goRound() {
    try {
      endPause();
      endPeerPin();
      failBack();
      pinning.settle();
      seating.run();
      compareDocuments();
      owners.look();
      reconfiguration.settle();
      inspectGate();
      int carriedOut = driver.carriedOut();
      conditions = driver.resources().check();
      services.judge(conditions, carriedOut);
      tellFitness();
      if (round % ROUNDS_BETWEEN_READINESS == 0) {
        findings = driver.resources().readiness();
      }
      if (round++ % ROUNDS_BETWEEN_COLLECTIONS == 0) {
        memory.giveBack();
      }
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error bug) {
      LOG.error("a round of care broke: this is a bug", bug);
    }
  }

  private void endPause() {
    Optional<Instant> until = loop.state().durable().pause().flatMap(Durable.Pause::until);
    if (until.isPresent() && !clock.wall().isBefore(until.get())) {
      long operation = operations.begin(Action.of(Action.Kind.RESUME), Optional.empty());
      inbox.post(at -> new Input.Asked(at, operation, new Request.Resume()));
    }
  }

  /** Also when the wall clock was set back since: a pin never lasts longer than it may. */
  private void endPeerPin() {
    Optional<Durable.Pinned> pinned = loop.state().durable().pinned();
    Instant now = clock.wall();
    if (pinned
        .map(Durable.Pinned::until)
        .filter(it -> now.isBefore(it) && !it.isAfter(now.plus(Pinning.LONGEST_TOLD)))
        .isEmpty()) {
      pinned.ifPresent(this::endPeerPin);
    }
  }

  private void endPeerPin(Durable.Pinned pinned) {
    long operation = operations.begin(Action.of(Action.Kind.PIN), Optional.empty());
    var over = new Request.Unpinned(pinned.node(), Optional.of(pinned.until()));
    inbox.post(at -> new Input.Asked(at, operation, over));
  }

  private void failBack() {
    if (soak.isOver(loop.failover().policy(), loop.state(), clock.now())) {
      long operation = operations.begin(Action.of(Action.Kind.FAILBACK), Optional.empty());
      LOG.info("the designated primary has been well for the soak time: the role goes back to it");
      inbox.post(at -> new Input.Asked(at, operation, new Request.Failback()));
    }
  }

  /** Asking takes seconds when a node dies meanwhile; the rest of the care does not wait for it. */
  private void compareDocuments() {
    if (comparing.compareAndSet(false, true)) {
      PromptStart.start(
          Thread.ofPlatform().daemon().name("compares documents"),
          () -> {
            try {
              documents.compare();
            } finally {
              comparing.set(false);
            }
          });
    }
  }

  private void inspectGate() throws InterruptedException {
    boolean failed = driver.resources().gate().inspect() instanceof Outcome.Failed;
    if (failed && !gateTrouble) {
      LOG.error("the traffic gate does not stand; see: understudy ready");
    }
    gateTrouble = failed;
  }

  private void tellFitness() {
    boolean now =
        services.held().isEmpty()
            && findings.stream()
                .noneMatch(
                    f -> f.readiness().result() == understudy.resource.Readiness.Result.FAIL);
    if (now != fit) {
      fit = now;
      inbox.post(at -> new Input.Fitness(at, now));
    }
  }

  List<Views.ResourceRow> resources() {
    return conditions.stream()
        .map(
            checked ->
                new Views.ResourceRow(
                    checked.resource(), checked.condition().word(), checked.condition().text()))
        .toList();
  }

  Optional<Duration> remaining() {
    return driver.remaining();
  }

  Views.Readiness readiness() {
    State state = loop.state();
    var policy = loop.failover().policy();
    var readiness = new Readiness(policy, state, clock.now());
    readiness.peers(links, book, documents);
    readiness.data();
    readiness.watches(sync.watches());
    readiness.owners(owners.findings());
    readiness.resources(findings);
    services.held().ifPresent(readiness::held);
    readiness.automation(
        new StatusBoard(policy, state, clock.now(), links, book, Optional.empty()).automation());
    readiness.urgency();
    readiness.disk(stateDirectory, loop.savingTrouble());
    return readiness.view();
  }

  @Override
  public void close() {
    rounds.shutdownNow();
  }
}
