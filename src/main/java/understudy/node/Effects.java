package understudy.node;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import understudy.failover.Effect;
import understudy.failover.Failover;
import understudy.failover.Heartbeat;
import understudy.failover.NodeName;
import understudy.failover.Policy;
import understudy.failover.Speech;
import understudy.failover.State;
import understudy.failover.Step;
import understudy.failover.Timing;
import understudy.lease.Asking;
import understudy.store.Journal;
import understudy.time.Clock;

/**
 * Carries out what was decided. Every call returns at once; outcomes come back to the loop as
 * inputs.
 */
final class Effects implements Loop.Hands {
  /** The log that people read: one designed line per transition. */
  private static final Logger LOG = LoggerFactory.getLogger("understudy");

  private static final Duration LAST_WORDS = Duration.ofSeconds(5);

  private final Clock clock;
  private final Speaker speaker;
  private final MandateKeeper keeper;
  private final ResourceDriver resources;
  private final Lookout lookout;
  private final Optional<Asking> store;
  private final FenceCommand fence;
  private final SyncDriver sync;
  private final Operations operations;
  private final Journal journal;
  private final Bulletin bulletin;
  private final Supervisor supervisor;
  private final Runnable end;

  /**
   * Everything that effects act on.
   *
   * @param store where the key of the arbiter lease lies; empty: another arbiter
   * @param end ends the process as broken; a supervisor starts it anew
   */
  Effects(
      Clock clock,
      Speaker speaker,
      MandateKeeper keeper,
      ResourceDriver resources,
      Lookout lookout,
      Optional<Asking> store,
      FenceCommand fence,
      SyncDriver sync,
      Operations operations,
      Journal journal,
      Bulletin bulletin,
      Supervisor supervisor,
      Runnable end) {
    this.clock = clock;
    this.speaker = speaker;
    this.keeper = keeper;
    this.resources = resources;
    this.lookout = lookout;
    this.store = store;
    this.fence = fence;
    this.sync = sync;
    this.operations = operations;
    this.journal = journal;
    this.bulletin = bulletin;
    this.supervisor = supervisor;
    this.end = end;
  }

  @Override
  public void run(Effect effect, Failover failover, State state) {
    Policy policy = failover.policy();
    Timing timing = policy.timing();
    switch (effect) {
      case Effect.Beat _ -> speaker.speak(Speech.of(policy, state, clock.now()));
      case Effect.Extend(var until, var gate) -> keeper.extend(until, gate);
      case Effect.Fence _ -> keeper.fence();
      case Effect.SettleData(var term) -> sync.settle(term, timing.stopWithin());
      case Effect.StartResources(var term) -> resources.start(term, inTime(timing.startWithin()));
      case Effect.StopResources _ -> resources.stop(inTime(timing.stopWithin()));
      case Effect.Follow(var source) -> sync.follow(source);
      case Effect.Sync(long operation, var stage, var source) ->
          runErrand(operation, stage, source, timing);
      case Effect.Probe _ -> lookout.look();
      case Effect.FencePeer(var peer) -> fence.strike(peer);
      case Effect.Announce _ -> resources.announce();
      case Effect.ReadRegister _ -> store.ifPresent(Asking::read);
      case Effect.WriteRegister(var wanted) -> store.ifPresent(asking -> asking.write(wanted));
      case Effect.Answer(long operation, var reply) -> operations.reply(operation, reply);
    }
  }

  private void runErrand(long operation, Heartbeat.Stage stage, NodeName source, Timing timing) {
    if (stage == Heartbeat.Stage.FINAL) {
      // The other node has let the addresses go: that nobody has them is known when it is our turn.
      lookout.look();
    }
    sync.errand(
        operation,
        stage,
        source,
        stage == Heartbeat.Stage.PREPARE ? timing.prepareWithin() : timing.syncWithin());
  }

  /** The resources give up a little before the core does: their reason belongs in the history. */
  private static Duration inTime(Duration deadline) {
    Duration quarter = deadline.dividedBy(4);
    return deadline.minus(quarter.compareTo(LAST_WORDS) < 0 ? quarter : LAST_WORDS);
  }

  @Override
  public void note(Failover failover, State before, Step step) {
    State after = step.next();
    var decision =
        new Journal.Decision(
            0,
            clock.wall(),
            failover.policy().self().value(),
            after.durable().term().number(),
            before.role().word(),
            after.role().word(),
            step.rule().name(),
            step.rule().sentence(),
            step.evidence());
    journal.append(decision);
    bulletin.decided(decision);
    if (before.role() != after.role()) {
      supervisor.role(after.role().word() + " in term " + after.durable().term().number());
    }
    log(decision, step);
  }

  private static void log(Journal.Decision decision, Step step) {
    String line =
        "term %d %s→%s %s: %s%s"
            .formatted(
                decision.term(),
                decision.roleBefore(),
                decision.roleAfter(),
                decision.rule(),
                decision.sentence(),
                facts(decision.evidence()));
    switch (step.rule().weight()) {
      case QUIET -> LOG.debug(line);
      case INFO -> LOG.info(line);
      case WARN -> LOG.warn(line);
      case ERROR -> LOG.error(line);
    }
  }

  private static String facts(List<String> evidence) {
    return evidence.isEmpty() ? "" : " | " + String.join(" | ", evidence);
  }

  @Override
  public void turned() {
    supervisor.alive();
  }

  @Override
  public void broke(Throwable bug) {
    LOG.error("the deciding loop broke, this is a bug: stops serving and ends the process", bug);
    keeper.fence();
    end.run();
  }
}
