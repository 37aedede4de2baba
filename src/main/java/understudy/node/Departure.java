package understudy.node;

import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import understudy.api.Action;
import understudy.api.Views.Operation;
import understudy.failover.Effect;
import understudy.failover.Role;
import understudy.time.Clock;
import understudy.time.Moment;

/** What becomes of the service when the daemon ends on purpose. */
final class Departure {
  private static final Logger LOG = LoggerFactory.getLogger(Departure.class);
  private static final Duration PIN_WITHIN = Duration.ofSeconds(5);
  private static final String BY = "this daemon, which was told to stop";

  private final Loop loop;
  private final Actions actions;
  private final Pins pins;
  private final ResourceDriver driver;
  private final MandateKeeper keeper;
  private final Supervisor supervisor;
  private final Clock clock;

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
  }

  /** See {@link Node#handOver}. */
  void handOver(Duration within) throws InterruptedException {
    if (loop.state().role() != Role.ACTIVE) {
      return;
    }
    Optional<Pins.Pin> pin = pins.current();
    if (pin.isPresent() && actions.pinning().isLeavingWith(pin.get())) {
      leave(pin.get());
      return;
    }
    Moment deadline = clock.now().plus(within);
    Operation handing = actions.act(Action.of(Action.Kind.SWITCHOVER), BY);
    while (handing.finished() == null && clock.now().isBefore(deadline)) {
      handing = actions.awaitEnd(handing.id(), clock.now().until(deadline)).orElse(handing);
    }
    if (handing.state().equals("done") || isPinnedForRestart()) {
      return;
    }
    if (loop.state().role() == Role.ACTIVE) {
      actions.pinning().releaseNow();
      LOG.warn("no other node took over: the service stops with its daemon; {}", handing.message());
      driver.stopForGood(loop.failover().policy().timing().stopWithin());
    }
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
