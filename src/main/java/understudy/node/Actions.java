package understudy.node;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import understudy.api.Action;
import understudy.api.Views.HistoryRow;
import understudy.api.Views.Operation;
import understudy.failover.Designation;
import understudy.failover.Effect;
import understudy.failover.Heartbeat;
import understudy.failover.Input;
import understudy.failover.NodeName;
import understudy.failover.Request;
import understudy.failover.Rule;
import understudy.failover.Sighting;
import understudy.failover.Situation;
import understudy.failover.State;
import understudy.failover.Step;
import understudy.store.DrillStore;
import understudy.time.Clock;
import understudy.time.Moment;
import understudy.wire.Member;
import understudy.wire.Members;

/**
 * Takes what operators ask: to the core, to the sync driver, or on to the node whose business it
 * is.
 */
final class Actions implements PeerCalls.Desk {
  private static final Duration PATIENCE_FOR_A_FIRST_WORD = Duration.ofMillis(250);

  /** A pin that is not taken for lack of a word is refused: the disk may need its time. */
  private static final Duration PATIENCE_FOR_A_PIN = Duration.ofSeconds(1);

  private final Loop loop;
  private final Inbox inbox;
  private final Operations operations;
  private final SyncNow sync;
  private final Members members;
  private final Forwarding forwarding;
  private final Spreading spreading;
  private final Documents documents;
  private final Histories histories;
  private final Drills drills;
  private final ServiceCare services;
  private final Diary diary;
  private final Clock clock;
  private final Possessions possessions;
  private final Conflicts conflicts;
  private final Pinning pinning;

  Actions(
      Loop loop,
      Inbox inbox,
      Operations operations,
      SyncDriver sync,
      PeerCalls calls,
      Members members,
      Documents documents,
      Histories histories,
      Drills drills,
      ServiceCare services,
      Diary diary,
      ResourceDriver driver,
      Pins pins,
      Clock clock) {
    this.possessions = new Possessions(documents, driver, sync, calls, members);
    this.conflicts =
        new Conflicts(loop, operations, possessions, members, diary, clock, this::toNode);
    this.pinning =
        new Pinning(
            loop,
            operations,
            calls,
            members,
            documents,
            pins,
            (action, by) -> actFor(action, by, Optional.empty()),
            diary,
            clock);
    this.loop = loop;
    this.inbox = inbox;
    this.operations = operations;
    this.sync = new SyncNow(sync, operations, clock);
    this.members = members;
    this.forwarding = new Forwarding(operations, calls, members, clock);
    this.spreading = new Spreading(operations, calls, documents);
    this.documents = documents;
    this.histories = histories;
    this.drills = drills;
    this.services = services;
    this.diary = diary;
    this.clock = clock;
  }

  /** On this node's own account, for itself. */
  Operation act(Action action, String by) {
    return actFor(action, by, Optional.empty());
  }

  /** What an operator asks of the cluster through this node. */
  Operation act(Action action, String by, Optional<String> key) {
    boolean isDryRun = Boolean.TRUE.equals(action.dryRun());
    // A dry run begins nothing, so the key stays free for the wish itself.
    Optional<String> idempotencyKey = isDryRun ? Optional.empty() : key;
    Optional<Operation> before = idempotencyKey.flatMap(it -> forwarding.begunWith(it, action, by));
    if (before.isPresent()) {
      return before.get();
    }
    Optional<String> stranger = unknownNode(action);
    if (stranger.isPresent()) {
      return operations.refuse(
          action,
          "unknown-node",
          "there is no node '" + stranger.get() + "' in this cluster",
          "the nodes are: " + String.join(", ", nodeNames()));
    }
    if (action.kind() == Action.Kind.RESOLVE) {
      return conflicts.resolve(action, by, idempotencyKey);
    }
    if (action.kind() == Action.Kind.PIN) {
      return pinning.pin(action, by, idempotencyKey);
    }
    if (action.kind() == Action.Kind.SYNC && holdsMandate()) {
      return syncStandbys(action, by, idempotencyKey);
    }
    boolean isForAll = isForAll(action) && !isDryRun;
    Optional<Member> elsewhere = responsible(action);
    if (elsewhere.isPresent()) {
      return forwarding.forward(elsewhere.get(), action, by, idempotencyKey);
    }
    Operation own = actFor(action, by, idempotencyKey);
    return isForAll ? spreading.spread(action, by, own, concerned(action)) : own;
  }

  /** What this node itself is to do: for its operator, or for another node that forwards a wish. */
  @Override
  public Operation actFor(Action action, String by, Optional<String> idempotencyKey) {
    Optional<Operation> before = idempotencyKey.flatMap(operations::begunWith);
    if (before.isPresent()) {
      return before.get();
    }
    Optional<Request> request = Requests.of(action, clock.wall());
    if (Boolean.TRUE.equals(action.dryRun())) {
      return rehearse(action, request);
    }
    long operation = operations.begin(action, idempotencyKey);
    remember(action, by);
    if (action.kind() == Action.Kind.RESUME) {
      pinning.release();
      services.acknowledge();
    }
    if (request.isPresent()) {
      inbox.post(at -> new Input.Asked(at, operation, request.get()));
      return operations.firstWord(operation, PATIENCE_FOR_A_FIRST_WORD);
    }
    return action.kind() == Action.Kind.DRILLS
        ? drills.begin(operation)
        : sync.begin(action, operation);
  }

  @Override
  public Operation pinned(NodeName node, Optional<Duration> length) {
    long operation = operations.begin(Action.of(Action.Kind.PIN), Optional.empty());
    Request told =
        length
            .<Request>map(time -> new Request.Pinned(node, clock.wall().plus(time)))
            .orElseGet(() -> new Request.Unpinned(node, Optional.empty()));
    inbox.post(at -> new Input.Asked(at, operation, told));
    return operations.firstWord(operation, PATIENCE_FOR_A_PIN);
  }

  /** Copies because somebody asks. */
  SyncNow sync() {
    return sync;
  }

  /** What holds the service up while the daemon is away. */
  Pinning pinning() {
    return pinning;
  }

  boolean knowsKey(String key) {
    return forwarding.knowsKey(key);
  }

  private Operation toNode(NodeName name, Action action, String by, Optional<String> key) {
    return members
        .named(name)
        .map(peer -> forwarding.forward(peer, action, by, key))
        .orElseGet(() -> actFor(action, by, key));
  }

  private List<String> nodeNames() {
    var policy = loop.failover().policy();
    return Stream.concat(Stream.of(policy.self()), policy.peers().keySet().stream())
        .map(NodeName::value)
        .sorted()
        .toList();
  }

  private Optional<String> unknownNode(Action action) {
    return Stream.of(Optional.ofNullable(action.survivor()), Optional.ofNullable(action.target()))
        .flatMap(Optional::stream)
        .filter(name -> !nodeNames().contains(name))
        .findFirst();
  }

  /**
   * Automation and clients are a matter of the cluster, whoever is asked; and so is a countdown, as
   * every standby has its own.
   */
  private boolean isForAll(Action action) {
    return switch (action.kind()) {
      case PAUSE, RESUME, CLIENTS -> true;
      case CANCEL -> !holdsMandate();
      case SWITCHOVER, PROMOTE, DEMOTE, FAILBACK, RESOLVE, SYNC, DRILLS, PIN -> false;
    };
  }

  /** A witness only votes; and only who is heard, and serves nothing, counts. */
  private List<Member> concerned(Action action) {
    return action.kind() == Action.Kind.CANCEL
        ? heardAll(loop.state(), false).toList()
        : members.peers().stream()
            .filter(peer -> peer.designation() != Designation.WITNESS)
            .toList();
  }

  /** Only the active node can hand over. */
  private Optional<Member> responsible(Action action) {
    State state = loop.state();
    boolean holds = holdsMandate(state);
    return switch (action.kind()) {
      case SWITCHOVER, FAILBACK -> holds ? Optional.empty() : heard(state, true);
      case CANCEL -> holds || isCounting(state) ? Optional.empty() : heard(state, true);
      case PROMOTE, DEMOTE, PAUSE, RESUME, CLIENTS, RESOLVE, SYNC, DRILLS, PIN -> Optional.empty();
    };
  }

  /** One for disaster recovery copies from another standby, where there is one. */
  private Operation syncStandbys(Action action, String by, Optional<String> idempotencyKey) {
    List<Member> standbys = heardAll(loop.state(), false).toList();
    List<Member> near =
        standbys.stream().filter(peer -> peer.designation() != Designation.DR).toList();
    List<Member> copying = near.isEmpty() ? standbys : near;
    if (copying.isEmpty()) {
      return operations.refuse(
          action,
          "no-standby",
          "this node serves, and no standby that could copy is heard",
          "look at: understudy status");
    }
    if (copying.size() == 1) {
      return forwarding.forward(copying.getFirst(), action, by, idempotencyKey);
    }
    Function<Member, Operation> copy =
        peer -> forwarding.forward(peer, action, by, Optional.empty());
    if (Boolean.TRUE.equals(action.dryRun())) {
      return Operations.worst(copying.stream().map(copy).toList()).orElseThrow();
    }
    long all = operations.begin(action, idempotencyKey);
    List<Operation> begun = copying.stream().map(copy).toList();
    sync.follow(begun, forwarding::operation, all);
    return operations.firstWord(all, PATIENCE_FOR_A_FIRST_WORD);
  }

  private static boolean isCounting(State state) {
    return state
        .situation()
        .watching()
        .filter(watch -> watch.suspectedAt().isPresent() || watch.approval().isPresent())
        .isPresent();
  }

  /** This node serves, or is about to. */
  boolean holdsMandate() {
    return holdsMandate(loop.state());
  }

  /** A node that is heard and serves, or does not. */
  Optional<Member> heard(boolean serving) {
    return heard(loop.state(), serving);
  }

  private static boolean holdsMandate(State state) {
    return switch (state.situation()) {
      case Situation.Starting _, Situation.Active _, Situation.Stopping _ -> true;
      case Situation.Standby _, Situation.Frozen _, Situation.Witnessing _, Situation.Detached _ ->
          false;
    };
  }

  private Optional<Member> heard(State state, boolean serving) {
    return heardAll(state, serving).findFirst();
  }

  private Stream<Member> heardAll(State state, boolean serving) {
    Duration window = loop.failover().policy().timing().suspicion();
    Moment now = clock.now();
    return state.view().peers().values().stream()
        .filter(sighting -> sighting.isHeard(window, now))
        .flatMap(Actions::last)
        .filter(beat -> beat.mayServe() == serving)
        .flatMap(beat -> members.named(beat.from()).stream());
  }

  private static Stream<Heartbeat> last(Sighting sighting) {
    return sighting.last().stream();
  }

  @Override
  public Optional<Operation> operation(String id) {
    return forwarding.operation(id);
  }

  /** The operation once it has ended, or as it is after {@code patience}. Blocks. */
  Optional<Operation> awaitEnd(String id, Duration patience) throws InterruptedException {
    return operations.awaitEnd(id, patience);
  }

  /** Asks the very core that would decide, on a copy of its state, and changes nothing. */
  private Operation rehearse(Action action, Optional<Request> request) {
    var rehearsal = new Operations(clock, _ -> {});
    long operation = rehearsal.begin(action, Optional.empty());
    if (action.kind() == Action.Kind.DRILLS) {
      return rehearsal.end(operation, "done", null, "would " + Drills.PLAN, null);
    }
    if (request.isEmpty()) {
      return sync.rehearse(action, rehearsal, operation);
    }
    Step step =
        loop.failover().step(loop.state(), new Input.Asked(clock.now(), operation, request.get()));
    for (Effect effect : step.effects()) {
      if (effect instanceof Effect.Answer(long number, var reply) && number == operation) {
        rehearsal.reply(number, reply);
      }
    }
    Operation answer = rehearsal.numbered(operation);
    return answer.state().equals("refused")
        ? answer
        : rehearsal.end(
            operation,
            "done",
            null,
            "would " + action.kind().word() + ": " + plan(step, answer),
            null);
  }

  /** What the step tells; or, where that is nothing yet, how it answers. */
  private static String plan(Step step, Operation answer) {
    if (step.rule() == Rule.NOTHING && answer.message() != null) {
      return answer.message();
    }
    String sentence = step.rule().sentence();
    return step.evidence().isEmpty()
        ? sentence
        : sentence + " (" + String.join("; ", step.evidence()) + ")";
  }

  private void remember(Action action, String by) {
    diary.note(
        "ASKED", "an operator asks: " + action.kind().word(), List.of("by " + by, action.why()));
  }

  @Override
  public PeerReply.OfDocument document(PeerQuestion.AboutDocument question, String from) {
    return documents.answer(question, from);
  }

  @Override
  public void drilled(DrillStore.Drill drill) {
    drills.keep(drill);
  }

  @Override
  public List<HistoryRow> history(PeerQuestion.AboutHistory question) {
    return histories.answer(question);
  }

  @Override
  public PeerReply.Having having() throws IOException {
    return possessions.here();
  }
}
