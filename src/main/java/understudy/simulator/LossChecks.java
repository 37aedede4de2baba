package understudy.simulator;

import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import understudy.failover.Durable;
import understudy.failover.Heartbeat;
import understudy.failover.Input;
import understudy.failover.OnFailure;
import understudy.failover.Role;
import understudy.failover.Rule;
import understudy.failover.Situation;
import understudy.failover.State;
import understudy.failover.Step;
import understudy.failover.Term;

/** LossGuard: what a node that takes over may lose was weighed, and nobody forgets who served. */
final class LossChecks {
  /** What clocks may differ by in the time that a loss is measured over. */
  private static final Duration CLOCK_ALLOWANCE = Duration.ofSeconds(2);

  private final World world;

  /** Of those that claimed the mandate by themselves and have not got it in another way since. */
  private final Map<Machine, Violation> brokenClaims = new HashMap<>();

  LossChecks(World world) {
    this.world = world;
  }

  void stepped(Machine machine, State before, Input input, Step step) {
    guards(machine, before.durable(), step);
    remembers(machine, input, step.next().durable());
    if (Dataset.isSource(before.situation()) || input instanceof Input.DataSettled) {
      machine.freshens();
    }
    if (step.next().role() == Role.ACTIVE) {
      serves(machine, step.next().durable());
    }
  }

  /** A claim may be withdrawn while it waits for the fence: a takeover starts the resources. */
  private void guards(Machine machine, Durable before, Step step) {
    if (!(step.next().situation() instanceof Situation.Starting starting)) {
      return;
    }
    if (step.rule() == starting.cause()) {
      claims(machine, before, starting.cause());
    }
    if (starting.phase() instanceof Situation.Phase.Resources
        && brokenClaims.containsKey(machine)) {
      throw brokenClaims.get(machine);
    }
  }

  private void claims(Machine machine, Durable before, Rule cause) {
    try {
      weigh(machine, before, cause);
      brokenClaims.remove(machine);
    } catch (Violation unlessWithdrawn) {
      brokenClaims.put(machine, unlessWithdrawn);
    }
  }

  private void weigh(Machine machine, Durable known, Rule cause) {
    // What it may lose was weighed when it took the latest term, or a person forced it to.
    boolean wasWeighed =
        known.reignedLast()
            && !known.votedSince(machine.name())
            && !brokenClaims.containsKey(machine);
    Term weighed = wasWeighed ? known.reign() : known.served();
    if (cause == Rule.TAKES_OVER) {
      personDecides(machine, "a silent node");
      // With peer, one that boots alone cannot know of a later reign.
      boolean canKnow = world.setup.mandates() != Mandates.PEER || !known.reignedLast();
      if (canKnow && !world.storm.isBeyondPromise()) {
        // Who is cut off serves for a lease beyond its last word.
        Duration unseen = world.setup.timing().lease();
        servedAfter(weighed, machine, known).forEach(o -> losesLittle(machine, o, unseen));
      }
    } else if (cause == Rule.NOBODY_SERVES) {
      servedAfter(weighed, machine, known).forEach(o -> losesLittle(machine, o, Duration.ZERO));
      servedAfter(known.served(), machine, known)
          .max(Comparator.comparing(Machine::servedIn))
          .filter(last -> !last.wasDemoted() && !hasForgotten(last))
          .filter(last -> !isClaimUnheard(known, last))
          .ifPresent(last -> personDecides(machine, last.name().value()));
    }
  }

  /**
   * A person promoted it again, and it has not served yet: with peer, who reigned last cannot know
   * that, nor can anybody in the moment in which it claims. Beyond promise it may have served
   * unheard.
   */
  private boolean isClaimUnheard(Durable known, Machine last) {
    boolean isPeer = world.setup.mandates() == Mandates.PEER;
    boolean isLater = last.remembered().reign().isAfter(known.term());
    boolean servedUnheard = last.servedIn().isAfter(known.term());
    return isPeer
        && isLater
        && (servedUnheard
            ? known.reignedLast() && world.storm.isBeyondPromise()
            : known.reignedLast() || last.isBeingPromoted());
  }

  /** Those that did beside {@code machine}; of a disk that is gone, as far as this one knows. */
  private Stream<Machine> servedAfter(Term since, Machine machine, Durable known) {
    return world.nodes().stream()
        .filter(other -> other != machine && other.servedIn().isAfter(since))
        .filter(other -> !hasForgotten(other) || !other.servedIn().isAfter(known.knownServed()));
  }

  private void personDecides(Machine machine, String replaced) {
    if (world.setup.onFailure() != OnFailure.PROMOTE) {
      throw new Violation(
          Promise.LOSS_GUARD,
          machine.name() + " replaces " + replaced + " unasked: " + world.setup.onFailure());
    }
  }

  private void losesLittle(Machine machine, Machine other, Duration unseen) {
    Optional<Duration> allowed = world.setup.maxLoss();
    if (allowed.isEmpty() || !world.setup.hasData()) {
      return;
    }
    Duration lost = Duration.ofNanos(other.servedUntilNanos() - machine.copiedAtNanos());
    if (lost.compareTo(allowed.get().plus(unseen).plus(CLOCK_ALLOWANCE)) > 0) {
      throw new Violation(Promise.LOSS_GUARD, machine.name() + " takes over and may lose " + lost);
    }
  }

  private static void remembers(Machine machine, Input input, Durable durable) {
    if (!machine.isDiskFull()
        && input instanceof Input.Heard(_, Heartbeat heard)
        && heard.served().isAfter(durable.knownServed())) {
      throw new Violation(
          Promise.LOSS_GUARD,
          machine.name() + " does not remember that " + heard.from() + " served");
    }
  }

  private static void serves(Machine machine, Durable durable) {
    if (!durable.served().equals(durable.reign())) {
      throw new Violation(
          Promise.LOSS_GUARD, machine.name() + " serves and does not remember it: " + durable);
    }
    machine.serves(durable.reign());
  }

  /** Its disk is gone, and with it that it served. */
  static boolean hasForgotten(Machine machine) {
    return machine.servedIn().isAfter(machine.remembered().served());
  }
}
