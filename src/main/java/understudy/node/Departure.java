package understudy.node;

import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import understudy.api.Action;
import understudy.api.Views.Operation;
import understudy.failover.Effect;
import understudy.failover.Role;
import understudy.failover.Rule;
import understudy.failover.State;
import understudy.failover.Timing;
import understudy.time.Clock;
import understudy.time.Moment;

/** What becomes of the service when the daemon ends on purpose. */
final class Departure {
  private static final Logger LOG = LoggerFactory.getLogger(Departure.class);
  private static final Duration PIN_WITHIN = Duration.ofSeconds(5);
  private static final Duration LEAST_TO_STOP = Duration.ofSeconds(5);
  private static final Duration LOOK_EVERY = Duration.ofMillis(50);
  private static final String BUSY = Operations.code(Rule.BUSY);
  private static final String BY = "this daemon, which was told to stop";

  private final Loop loop;
  private final Actions actions;
  private final Pins pins;
  private final ResourceDriver driver;
  private final MandateKeeper keeper;
  private final Supervisor supervisor;
  private final Clock clock;
  private final UnderWay underWay;

  Departure(
      Loop loop,
      Actions actions,
      Pins pins,
      ResourceDriver driver,
      MandateKeeper keeper,
      Supervisor supervisor,
      Clock clock) {
    this.loop = loop;
    this.actions = actions;
    this.pins = pins;
    this.driver = driver;
    this.keeper = keeper;
    this.supervisor = supervisor;
    this.clock = clock;
    this.underWay = new UnderWay(loop, actions);
  }

  /** See {@link Node#handOver}. */
  void handOver(Duration within) throws InterruptedException {
    Duration stop = shorter(timing().stopWithin(), within.dividedBy(2));
    Moment end = clock.now().plus(within);
    var limits = new Limits(end.minus(stop), end);
    awaitCalm(limits);
    Optional<Pins.Pin> pin = pins.current().filter(_ -> loop.state().role() == Role.ACTIVE);
    if (pin.isPresent() && actions.pinning().isLeavingWith(pin.get())) {
      leave(pin.get());
      return;
    }
    Optional<String> answer = askForASwitchover(limits);
    awaitCalm(limits);
    Optional<String> unended = underWay.what().map(what -> "under way: " + what);
    if (loop.state().role() == Role.ACTIVE && unended.isPresent()) {
      // Copying took too long: it must not take the role from under what comes now.
      actions.act(Action.of(Action.Kind.CANCEL), BY);
    }
    if (isPinnedForRestart()) {
      return;
    }
    if (needsToStop(loop.state())) {
      actions.pinning().releaseNow();
      LOG.warn(
          "no other node took over: the service stops with its daemon; {}",
          unended.or(() -> answer).orElse("there was no time left to ask"));
      Duration left = clock.now().until(end);
      Duration least = left.compareTo(LEAST_TO_STOP) < 0 ? LEAST_TO_STOP : left;
      driver.stopForGood(shorter(timing().stopWithin(), least));
    } else if (unended.isPresent()) {
      LOG.warn("the daemon ends before what is {}", unended.get());
    }
  }

  /**
   * How long is waited.
   *
   * @param stops while the service would still have to be stopped afterwards
   * @param end for all else
   */
  private record Limits(Moment stops, Moment end) {
    boolean isLeft(State state, Moment now) {
      return now.isBefore(needsToStop(state) ? stops : end);
    }
  }

  private static boolean needsToStop(State state) {
    return state.role() == Role.STARTING || state.role() == Role.ACTIVE;
  }

  /** Asks again when another wish was quicker; the last answer, empty when nothing was asked. */
  private Optional<String> askForASwitchover(Limits limits) throws InterruptedException {
    Optional<String> answer = Optional.empty();
    boolean isToAsk = true;
    while (isToAsk
        && loop.state().role() == Role.ACTIVE
        && limits.isLeft(loop.state(), clock.now())) {
      Operation handing = actions.act(Action.of(Action.Kind.SWITCHOVER), BY);
      while (handing.finished() == null && limits.isLeft(loop.state(), clock.now())) {
        handing = actions.awaitEnd(handing.id(), LOOK_EVERY).orElse(handing);
      }
      awaitCalm(limits);
      isToAsk = BUSY.equals(handing.code());
      answer = Optional.ofNullable(handing.message());
    }
    return answer;
  }

  private void awaitCalm(Limits limits) throws InterruptedException {
    while (underWay.what().isPresent() && limits.isLeft(loop.state(), clock.now())) {
      Thread.sleep(LOOK_EVERY);
    }
  }

  private Timing timing() {
    return loop.failover().policy().timing();
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private boolean isPinnedForRestart() throws InterruptedException {
    if (loop.state().role() != Role.ACTIVE || !supervisor.restarts()) {
      return false;
    }
    Action wish = Action.of(Action.Kind.PIN).because("its daemon ends");
    Operation pinned = actions.pinning().pin(wish, BY, Optional.empty());
    Optional<Pins.Pin> pin =
        pins.current()
            .filter(_ -> pinned.state().equals("done"))
            .filter(actions.pinning()::isLeavingWith);
    if (pin.isPresent()) {
      leave(pin.get());
    } else {
      LOG.warn("the service cannot be pinned: {}", pinned.message());
    }
    return pin.isPresent();
  }

  /** Nobody decides any more, and everything goes on until the pin ends. */
  private void leave(Pins.Pin pin) throws InterruptedException {
    boolean held = loop.state().durable().clientsHeld();
    loop.close();
    if (loop.state().role() != Role.ACTIVE) {
      LOG.warn("this node has lost the role meanwhile: nothing is pinned");
      actions.pinning().stay();
      actions.pinning().releaseNow();
      return;
    }
    keeper.extend(pin.until(), held ? Effect.Gate.HOLD : Effect.Gate.OPEN);
    if (!keeper.isApplied(PIN_WITHIN)) {
      LOG.error("not everything could be pinned within {}", PIN_WITHIN);
    }
    LOG.warn("the service stays as it is until {}: start the daemon again before", pin.untilWall());
    supervisor.stopping("the service is pinned until " + pin.untilWall());
  }
}
