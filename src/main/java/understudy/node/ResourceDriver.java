package understudy.node;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import understudy.failover.Effect;
import understudy.failover.Input;
import understudy.failover.Term;
import understudy.resource.Outcome;
import understudy.resource.Resource;
import understudy.resource.assembly.ResourceSet;
import understudy.resource.gate.Gate;
import understudy.time.Clock;
import understudy.time.Moment;

/** Has the resources do what the role asks for, and reports to the loop what was confirmed. */
final class ResourceDriver implements MandateKeeper.Held, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ResourceDriver.class);
  private static final Duration PATIENCE_FOR_THE_MANDATE = Duration.ofSeconds(2);

  private volatile List<Resource> retired = List.of();
  private volatile ResourceSet resources;
  private final Inbox inbox;
  private final Clock clock;
  private final Worker worker;
  private volatile Optional<MandateKeeper> keeper = Optional.empty();
  private volatile Optional<Moment> heldUntil = Optional.empty();
  private volatile boolean adopting;
  private volatile boolean departing;
  private final AtomicInteger orders = new AtomicInteger();
  private final AtomicInteger done = new AtomicInteger();
  private Optional<Worker.Order> last = Optional.empty();
  private boolean startsAll;

  /**
   * Drives nothing before the first order.
   *
   * @param broke told of an error after which no resource is started or stopped any more
   */
  ResourceDriver(ResourceSet resources, Inbox inbox, Clock clock, Consumer<Throwable> broke) {
    this.resources = resources;
    this.inbox = inbox;
    this.clock = clock;
    this.worker = new Worker("resources", broke);
  }

  /** The keeper extends what this drives; it is made after it. */
  void keptBy(MandateKeeper madeLater) {
    keeper = Optional.of(madeLater);
  }

  ResourceSet resources() {
    return resources;
  }

  /** How long what lapses would still live; empty: nothing is held. */
  Optional<Duration> remaining() {
    return heldUntil.map(until -> clock.now().until(until)).filter(Duration::isPositive);
  }

  /**
   * What runs was pinned by the last life of the daemon: until it is adopted, or fenced, the gate
   * stays as that life left it.
   */
  void adopting() {
    adopting = true;
  }

  @Override
  public void extend(Moment until, Effect.Gate gate) {
    heldUntil = Optional.of(until);
    resources.extend(until);
    if (adopting && gate == Effect.Gate.SHUT) {
      return;
    }
    adopting = false;
    move(departing ? Gate.State.SHUT : state(gate));
  }

  @Override
  public void fence() {
    adopting = false;
    heldUntil = Optional.empty();
    move(Gate.State.SHUT);
  }

  private static Gate.State state(Effect.Gate gate) {
    return switch (gate) {
      case OPEN -> Gate.State.OPEN;
      case HOLD -> Gate.State.HOLD;
      case SHUT -> Gate.State.SHUT;
    };
  }

  private void move(Gate.State state) {
    if (resources.gate().state() == state && state != Gate.State.SHUT) {
      return;
    }
    try {
      if (resources.gate().move(state) instanceof Outcome.Failed(String reason, String fix)) {
        LOG.error("the gate could not be {}: {}; to do: {}", state, reason, fix);
      }
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Goes on with these resources. What the former ones had besides is stopped and released before
   * anything else is started or stopped: {@link #again} must follow.
   *
   * @return whether the gate is as these want it
   */
  Outcome change(ResourceSet next) throws InterruptedException {
    ResourceSet before = resources;
    retire(before.without(next));
    heldUntil.ifPresent(next::extend);
    resources = next;
    if (before.gate() == next.gate()) {
      return new Outcome.Done("the traffic gate stays");
    }
    before.gate().release(); // first: it must not raise its own table once more
    return ensureGate();
  }

  /** Makes the gate what the resources want, and says when it is not. */
  Outcome ensureGate() throws InterruptedException {
    Outcome ensured = resources.gate().ensure();
    if (ensured instanceof Outcome.Failed(String reason, String fix)) {
      LOG.error("{}; to do: {}", reason, fix);
    }
    return ensured;
  }

  private synchronized void retire(List<Resource> leaving) {
    retired = Stream.concat(retired.stream(), leaving.stream()).toList();
  }

  private synchronized void forget(Resource stopped) {
    retired = retired.stream().filter(resource -> !resource.equals(stopped)).toList();
  }

  /** One that was not finished because of a newer order is left to that order. */
  private void stopRetired(Duration within) throws InterruptedException {
    for (Resource resource : retired.reversed()) {
      if (resource.stop(within) instanceof Outcome.Failed(String reason, String fix)) {
        LOG.error(
            "{} left the configuration and does not stop: {}; to do: {}",
            resource.name(),
            reason,
            fix);
      }
      resource.release();
      forget(resource);
    }
  }

  /** The order under way or last carried out, once more: after the resources have changed. */
  synchronized void again() {
    last.ifPresent(this::begin);
  }

  /** Also remembered, so that nobody repeats an order that another has overtaken. */
  private synchronized void order(boolean starts, Worker.Order order) {
    startsAll = starts;
    last = Optional.of(order);
    begin(order);
  }

  private void begin(Worker.Order order) {
    int number = orders.incrementAndGet();
    worker.order(
        () -> {
          try {
            order.carryOut();
          } finally {
            done.accumulateAndGet(number, Math::max);
          }
        });
  }

  /** The number of the latest order that was carried out; see {@link #isAtRestSince}. */
  int carriedOut() {
    return done.get();
  }

  /** Nothing was under way when {@link #carriedOut} said this, and nothing was ordered since. */
  boolean isAtRestSince(int carriedOut) {
    return orders.get() == carriedOut;
  }

  /**
   * Stops one resource and does the last order again, which is to start all. Nothing happens when
   * the last order was another one.
   */
  synchronized void restart(String name, Duration within) {
    Optional<Worker.Order> again = last.filter(_ -> startsAll);
    again.ifPresent(
        order ->
            begin(
                () -> {
                  for (Resource resource : resources.resources()) {
                    if (resource.name().equals(name)
                        && resource.stop(within) instanceof Outcome.Failed(var reason, var fix)) {
                      LOG.error("{} does not stop: {}; to do: {}", name, reason, fix);
                    }
                  }
                  order.carryOut();
                }));
  }

  void start(Term term, Duration within) {
    if (departing) {
      return; // decided while the service stops with its daemon
    }
    order(
        true,
        () -> {
          stopRetired(within);
          // What lapses must have its mandate before it is started.
          if (keeper.isPresent() && !keeper.get().isApplied(PATIENCE_FOR_THE_MANDATE)) {
            LOG.warn("the mandate was not passed on within {}", PATIENCE_FOR_THE_MANDATE);
          }
          var report = resources.startAll(term, within);
          if (report.isDone()) {
            post(at -> new Input.ResourcesStarted(at, term));
          } else {
            String evidence = sentences(report);
            post(at -> new Input.StartFailed(at, term, evidence));
          }
        });
  }

  void stop(Duration within) {
    order(
        false,
        () -> {
          stopRetired(within);
          var report = resources.stopAll(within);
          if (report.isDone()) {
            post(Input.ResourcesStopped::new);
          } else {
            String evidence = sentences(report);
            post(at -> new Input.StopFailed(at, evidence));
          }
        });
  }

  /**
   * The service ends with its daemon: nobody is let in, and nothing is started again, though the
   * mandate is renewed until all has stopped. Blocks until then.
   */
  void stopForGood(Duration within) throws InterruptedException {
    departing = true;
    move(Gate.State.SHUT);
    var ended = new CountDownLatch(1);
    order(
        false,
        () -> {
          try {
            stopRetired(within);
            resources.stopAll(within);
          } finally {
            ended.countDown();
          }
        });
    if (!ended.await(within.toMillis(), TimeUnit.MILLISECONDS)) {
      LOG.error("not everything stopped within {}", within);
    }
  }

  private void post(Function<Moment, Input> input) {
    inbox.post(input);
  }

  private static String sentences(ResourceSet.Report report) {
    List<String> failures =
        report.failures().stream()
            .map(step -> step.resource() + ": " + step.outcome().sentence())
            .toList();
    return String.join("; ", failures);
  }

  /** Nobody else had the shared addresses at this moment. */
  void foundSilent(Moment askedAt) {
    resources.foundSilent(askedAt);
  }

  void announce() {
    resources.announceAgain();
  }

  @Override
  public void close() {
    worker.close();
    resources.release();
  }
}
