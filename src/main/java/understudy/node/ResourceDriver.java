package understudy.node;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import understudy.failover.Effect;
import understudy.failover.Input;
import understudy.failover.Term;
import understudy.resource.Outcome;
import understudy.resource.assembly.ResourceSet;
import understudy.resource.gate.Gate;
import understudy.time.Clock;
import understudy.time.Moment;

/** Has the resources do what the role asks for, and reports to the loop what was confirmed. */
final class ResourceDriver implements MandateKeeper.Held, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ResourceDriver.class);
  private static final Duration PATIENCE_FOR_THE_MANDATE = Duration.ofSeconds(2);

  private final ResourceSet resources;
  private final Inbox inbox;
  private final Clock clock;
  private final Worker worker = new Worker("resources");
  private volatile Optional<MandateKeeper> keeper = Optional.empty();
  private volatile Optional<Moment> heldUntil = Optional.empty();
  private volatile boolean started;

  ResourceDriver(ResourceSet resources, Inbox inbox, Clock clock) {
    this.resources = resources;
    this.inbox = inbox;
    this.clock = clock;
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

  /** All resources were started and not stopped since. */
  boolean isStarted() {
    return started;
  }

  @Override
  public void extend(Moment until, Effect.Gate gate) {
    heldUntil = Optional.of(until);
    resources.extend(until);
    move(
        switch (gate) {
          case OPEN -> Gate.State.OPEN;
          case HOLD -> Gate.State.HOLD;
          case SHUT -> Gate.State.SHUT;
        });
  }

  @Override
  public void fence() {
    heldUntil = Optional.empty();
    move(Gate.State.SHUT);
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

  void start(Term term, Duration within) {
    worker.order(
        () -> {
          // What lapses must have its mandate before it is started.
          if (keeper.isPresent() && !keeper.get().isApplied(PATIENCE_FOR_THE_MANDATE)) {
            LOG.warn("the mandate was not passed on within {}", PATIENCE_FOR_THE_MANDATE);
          }
          var report = resources.startAll(term, within);
          started = report.isDone();
          if (report.isDone()) {
            post(at -> new Input.ResourcesStarted(at, term));
          } else {
            String evidence = sentences(report);
            post(at -> new Input.StartFailed(at, term, evidence));
          }
        });
  }

  void stop(Duration within) {
    worker.order(
        () -> {
          var report = resources.stopAll(within);
          if (report.isDone()) {
            started = false;
            post(Input.ResourcesStopped::new);
          } else {
            String evidence = sentences(report);
            post(at -> new Input.StopFailed(at, evidence));
          }
        });
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

  void announce() {
    resources.announceAgain();
  }

  @Override
  public void close() {
    worker.close();
    resources.release();
  }
}
