package understudy.node;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import understudy.failover.Durable;
import understudy.failover.Effect;
import understudy.failover.Failover;
import understudy.failover.Input;
import understudy.failover.Rule;
import understudy.failover.State;
import understudy.failover.Step;
import understudy.store.NodeStore;
import understudy.time.Clock;
import understudy.time.Moment;

/**
 * The one thread that owns the node's state: takes an input, asks {@link Failover} for the step,
 * saves what must survive, tells the journal, has the effects run. Everything else hands it inputs
 * through the {@link Inbox}.
 */
final class Loop implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Loop.class);
  private static final Duration PATIENCE_AT_THE_END = Duration.ofSeconds(2);

  /** A disk that is in trouble may take its time, which the loop does not have. */
  private static final Duration TRIES_AGAIN_AFTER = Duration.ofSeconds(5);

  /** What the loop hands out; each call returns at once. */
  interface Hands {
    /** Begins an effect; its outcome comes back as an input. */
    void run(Effect effect, Failover failover, State state);

    /** Takes note of a step that has something to tell. */
    void note(Failover failover, State before, Step step);

    /** Called on every turn by the deciding thread: proof that it decides. */
    void turned();

    /** A bug ended the loop: nothing decides any more. */
    void broke(Throwable bug);
  }

  private final Function<Moment, State> boot;
  private final Inbox inbox;
  private final NodeStore store;
  private final Clock clock;
  private volatile Duration tickEvery;
  private final Hands hands;
  private final AtomicReference<Optional<Failover>> replacement =
      new AtomicReference<>(Optional.empty());
  private final Thread thread;
  private volatile Failover failover;
  private volatile State state;
  private Durable stored;
  private Moment triesAgainAt;
  private volatile Moment turnedAt;
  private volatile boolean closing;
  private volatile Optional<String> savingTrouble = Optional.empty();

  Loop(
      Failover failover,
      Function<Moment, State> boot,
      Inbox inbox,
      NodeStore store,
      Clock clock,
      Duration tickEvery,
      Hands hands) {
    this.failover = failover;
    this.boot = boot;
    this.state = boot.apply(clock.now());
    this.stored = state.durable();
    this.inbox = inbox;
    this.store = store;
    this.clock = clock;
    this.tickEvery = tickEvery;
    this.hands = hands;
    this.turnedAt = clock.now();
    this.triesAgainAt = turnedAt;
    this.thread = Thread.ofPlatform().name("decides").unstarted(this::turn);
  }

  void start() {
    // Time went by while the rest of the daemon was made: it must not look like a sleep.
    state = boot.apply(clock.now());
    thread.start();
  }

  /** Decides by a changed policy from the next turn on, and turns at least so often. */
  void replace(Failover changed, Duration turnEvery) {
    tickEvery = turnEvery;
    replacement.set(Optional.of(changed));
  }

  State state() {
    return state;
  }

  Failover failover() {
    return failover;
  }

  /** When the loop last turned. */
  Moment turnedAt() {
    return turnedAt;
  }

  /** Why the state cannot be saved; empty while it can. */
  Optional<String> savingTrouble() {
    return savingTrouble;
  }

  private void turn() {
    Urgency.ofThisThread();
    try {
      Moment nextTick = clock.now();
      while (!closing) {
        Moment due = state.turnsBy(failover.policy().timing(), turnedAt, nextTick);
        Duration left = clock.now().until(due);
        Optional<Function<Moment, Input>> news =
            left.isPositive() ? inbox.next(left) : Optional.empty();
        Moment now = clock.now();
        takeReplacement(now);
        if (news.isEmpty()) {
          nextTick = now.plus(tickEvery);
        }
        step(news.map(happened -> happened.apply(now)).orElseGet(() -> new Input.Tick(now)));
        turnedAt = now;
        hands.turned();
      }
    } catch (InterruptedException stopping) {
      LOG.debug("the deciding loop was told to end");
    } catch (RuntimeException | Error bug) {
      hands.broke(bug);
    }
  }

  private void takeReplacement(Moment now) {
    replacement
        .getAndSet(Optional.empty())
        .ifPresent(
            changed -> {
              failover = changed;
              state = state.under(changed.policy(), now);
            });
  }

  private void step(Input input) {
    State before = state;
    Step step = failover.step(before, input);
    boolean isNew = !step.next().durable().equals(stored);
    if ((isNew || step.fencesPeer() || triesAgain(input.at())) && !saved(step)) {
      String trouble = savingTrouble.orElse("the disk does not take it");
      step = failover.withoutSaving(before, input, step, stored, trouble);
    }
    state = step.next();
    if (step.rule() != Rule.NOTHING) {
      hands.note(failover, before, step);
    }
    for (Effect effect : step.effects()) {
      hands.run(effect, failover, state);
    }
  }

  /** With nothing new to save nobody would notice that there is room again. */
  private boolean triesAgain(Moment now) {
    boolean isDue = savingTrouble.isPresent() && !now.isBefore(triesAgainAt);
    triesAgainAt = isDue ? now.plus(TRIES_AGAIN_AFTER) : triesAgainAt;
    return isDue;
  }

  /** What could not be saved is not acted on: the state stays, and the next turn tries again. */
  private boolean saved(Step step) {
    try {
      store.save(step.next().durable());
      stored = step.next().durable();
      savingTrouble = Optional.empty();
      return true;
    } catch (IOException full) {
      if (savingTrouble.isEmpty()) {
        LOG.error("the state cannot be saved, so what needs it is not done: {}", full.toString());
      }
      savingTrouble = Optional.of(full.toString());
      return false;
    }
  }

  @Override
  public void close() {
    closing = true;
    if (thread.getState() == Thread.State.NEW) {
      return;
    }
    thread.interrupt();
    try {
      thread.join(PATIENCE_AT_THE_END);
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    }
  }
}
