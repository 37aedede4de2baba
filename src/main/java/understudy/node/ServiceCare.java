package understudy.node;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import understudy.api.Action;
import understudy.failover.Heartbeat;
import understudy.failover.Input;
import understudy.failover.OnFailure;
import understudy.failover.Policy;
import understudy.failover.Request;
import understudy.failover.Role;
import understudy.failover.State;
import understudy.node.ServiceHealth.Remedy;
import understudy.resource.assembly.ResourceSet.Checked;
import understudy.store.HoldStore;
import understudy.time.Clock;
import understudy.time.Moment;

/**
 * Carries out what {@link ServiceHealth} calls for. A node that gave the role away because its
 * service was sick does not get it back by itself for a while, twice as long each time, unless a
 * person says that it is well or no other node serves.
 */
final class ServiceCare {
  private static final Logger LOG = LoggerFactory.getLogger(ServiceCare.class);
  private static final Duration FIRST_HOLD = Duration.ofMinutes(5);
  private static final Duration LONGEST_HOLD = Duration.ofHours(4);

  private final Loop loop;
  private final Inbox inbox;
  private final Operations operations;
  private final ResourceDriver driver;
  private final Diary diary;
  private final HoldStore store;
  private final Clock clock;
  private final ServiceHealth health = new ServiceHealth();
  private Optional<String> handingOver = Optional.empty();
  private Optional<Hold> hold = Optional.empty();
  private int handovers;

  /** Why and until when this node is not to get the role back by itself. */
  record Hold(Moment until, String why) {}

  ServiceCare(
      Loop loop,
      Inbox inbox,
      Operations operations,
      ResourceDriver driver,
      Diary diary,
      HoldStore store,
      Clock clock) {
    this.store = store;
    this.loop = loop;
    this.inbox = inbox;
    this.operations = operations;
    this.driver = driver;
    this.diary = diary;
    this.clock = clock;
    store.load().ifPresent(this::goOnHolding);
  }

  /** A restart of the daemon is no sign that the service is well. */
  private void goOnHolding(HoldStore.Hold kept) {
    Duration left = Duration.between(clock.wall(), kept.until());
    handovers = kept.handovers();
    if (left.isPositive()) {
      Duration most = left.compareTo(LONGEST_HOLD) < 0 ? left : LONGEST_HOLD;
      hold = Optional.of(new Hold(clock.now().plus(most), kept.why()));
    }
  }

  /**
   * Judges one look at all resources. Called every second or so, by one thread.
   *
   * @param carriedOut what the driver had carried out when the look began: a look takes its time,
   *     and what it saw before the latest start says nothing about what runs now
   */
  synchronized void judge(List<Checked> conditions, int carriedOut) {
    State state = loop.state();
    endHandover();
    if (state.role() != Role.ACTIVE) {
      if (state.role() == Role.STANDBY) {
        health.forget();
      }
      return;
    }
    if (!driver.isAtRestSince(carriedOut) || handingOver.isPresent()) {
      return;
    }
    if (driver.remaining().isEmpty()) {
      return; // its mandate ran out, as this daemon slept: that is why it does not run
    }
    boolean mayHandOver = mayHandOver(state);
    switch (health.judge(conditions, driver.resources().healths(), mayHandOver, clock.now())) {
      case Remedy.Nothing _ -> {}
      case Remedy.Restart(String resource, String evidence, int count) -> {
        LOG.warn("{} is sick ({}): starts it again", resource, evidence);
        diary.note(
            "SERVICE_RESTARTED",
            "a sick service is started again on this node",
            List.of(resource + ": " + evidence, "restart " + count + " within ten minutes"));
        driver.restart(resource, loop.failover().policy().timing().startWithin());
      }
      case Remedy.HandOver(String resource, String evidence) -> handOver(resource, evidence);
    }
  }

  private boolean mayHandOver(State state) {
    Policy policy = loop.failover().policy();
    return policy.onFailure() == OnFailure.PROMOTE
        && state.durable().pause().isEmpty()
        && StatusBoard.known(policy, state, clock.now()).stream()
            .anyMatch(beat -> beat.role() == Role.STANDBY && beat.ready() && beat.willing());
  }

  private void handOver(String resource, String evidence) {
    long operation = operations.begin(Action.of(Action.Kind.SWITCHOVER), Optional.empty());
    handingOver = Optional.of(Operations.id(operation));
    hold = Optional.of(new Hold(clock.now(), resource + ": " + evidence));
    LOG.error("{} stays sick ({}): the role goes to the other node", resource, evidence);
    diary.note(
        "SERVICE_SICK",
        "a service stays sick after its restarts: the role goes to the other node",
        List.of(resource + ": " + evidence));
    inbox.post(
        at ->
            new Input.Asked(at, operation, new Request.Switchover(true, false, Optional.empty())));
  }

  /** Only a handover that succeeded holds the role away from here. */
  private void endHandover() {
    var ended =
        handingOver.flatMap(operations::named).filter(operation -> operation.finished() != null);
    if (ended.isEmpty()) {
      return;
    }
    handingOver = Optional.empty();
    if (ended.get().state().equals("done")) {
      Duration length = FIRST_HOLD.multipliedBy(1L << Math.min(handovers++, 10));
      Moment until = clock.now().plus(length.compareTo(LONGEST_HOLD) < 0 ? length : LONGEST_HOLD);
      hold = hold.map(before -> new Hold(until, before.why()));
      Instant wall = clock.wall().plus(clock.now().until(until));
      store.save(hold.map(it -> new HoldStore.Hold(wall, handovers, it.why())));
    } else {
      hold = Optional.empty();
    }
  }

  /** What keeps this node from getting the role back by itself while another one serves. */
  synchronized Optional<Hold> held() {
    Moment now = clock.now();
    return hold.filter(it -> now.isBefore(it.until()))
        .filter(
            _ ->
                StatusBoard.known(loop.failover().policy(), loop.state(), now).stream()
                    .filter(beat -> !beat.from().equals(loop.failover().policy().self()))
                    .anyMatch(Heartbeat::mayServe));
  }

  /** A person has looked at it. */
  synchronized void acknowledge() {
    hold = Optional.empty();
    handovers = 0;
    store.save(Optional.empty());
    health.forget();
  }
}
