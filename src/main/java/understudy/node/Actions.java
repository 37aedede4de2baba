package understudy.node;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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

  /** The other nodes are told of it only when it is done here: the disk may need its time. */
  private static final Duration PATIENCE_FOR_ALL = Duration.ofSeconds(2);

  /** A pin that is not taken for lack of a word is refused: the disk may need its time. */
  private static final Duration PATIENCE_FOR_A_PIN = Duration.ofSeconds(1);

  private final Loop loop;
  private final Inbox inbox;
  private final Operations operations;
  private final SyncNow sync;
  private final PeerCalls calls;
  private final Members members;
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
    this.calls = calls;
    this.members = members;
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
    Optional<Operation> before = key.flatMap(it -> begunWith(it, action, by));
    if (before.isPresent()) {
      return before.get();
    }
    boolean isDryRun = Boolean.TRUE.equals(action.dryRun());
    // A dry run begins nothing, so the key stays free for the wish itself.
    Optional<String> idempotencyKey = isDryRun ? Optional.empty() : key;
    Optional<String> stranger = unknownNode(action);
    if (stranger.isPresent()) {
      return refuse(
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
      return forward(elsewhere.get(), action, by, idempotencyKey);
    }
    Operation own = actFor(action, by, idempotencyKey);
    return isForAll ? spread(action, by, ended(own)) : own;
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

  /**
   * The operation that this key began, here or on the node that it was forwarded to: that one is
   * asked again with the same key, whoever holds the role by now.
   */
  private Optional<Operation> begunWith(String key, Action action, String by) {
    Optional<Operation> here = operations.begunWith(key);
    if (here.isPresent()) {
      return Optional.of(
          isBegunBy(action.kind(), here.get())
              ? here.get()
              : refuse(
                  action,
                  "key-reused",
                  "this Idempotency-Key began a " + here.get().action(),
                  "take a new key for a new wish"));
    }
    return operations
        .forwardedWith(key)
        .flatMap(members::named)
        .map(peer -> forward(peer, action, by, Optional.of(key)));
  }

  /** To resolve that no node serves is to promote one. */
  private static boolean isBegunBy(Action.Kind kind, Operation operation) {
    return operation.action().equals(kind.word())
        || (kind == Action.Kind.RESOLVE && operation.action().equals(Action.Kind.PROMOTE.word()));
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
    return operations.begunWith(key).isPresent() || operations.forwardedWith(key).isPresent();
  }

  private Operation toNode(NodeName name, Action action, String by, Optional<String> key) {
    return members
        .named(name)
        .map(peer -> forward(peer, action, by, key))
        .orElseGet(() -> actFor(action, by, key));
  }

  private Operation refuse(Action action, String code, String message, String fix) {
    long operation = operations.begin(action, Optional.empty());
    return operations.end(operation, "refused", code, message, fix);
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

  private Operation ended(Operation own) {
    try {
      return operations.awaitEnd(own.id(), PATIENCE_FOR_ALL).orElse(own);
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      return own;
    }
  }

  private Operation spread(Action action, String by, Operation own) {
    if (own.finished() == null) {
      return operations.add(own.id(), "the other nodes were not told yet: repeat it");
    }
    if (!own.state().equals("done")) {
      return own;
    }
    var also = new ArrayList<String>();
    for (Member peer : concerned(action)) {
      try {
        if (!documents.isHeard(peer.name())) {
          throw new IOException("it is not heard");
        }
        Operation there =
            calls
                .act(peer, action, by, Optional.empty())
                .orElseThrow(() -> new IOException("it did not take it"));
        if (!there.state().equals("refused")) {
          also.add("also on " + peer.name());
        } else if (action.kind() != Action.Kind.CANCEL) { // else it counted nothing
          also.add("not on " + peer.name() + ": " + there.message());
        }
      } catch (IOException unreachable) {
        also.add(
            "not on " + peer.name() + ", repeat it when it is back: " + unreachable.getMessage());
      }
    }
    return also.isEmpty() ? own : operations.add(own.id(), String.join("; ", also));
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
    var begun = new ArrayList<Operation>();
    for (Member peer : near.isEmpty() ? standbys : near) {
      Optional<String> key = begun.isEmpty() ? idempotencyKey : Optional.empty();
      begun.add(forward(peer, action, by, key));
    }
    return Operations.worst(begun)
        .orElseGet(
            () ->
                refuse(
                    action,
                    "no-standby",
                    "this node serves, and no standby that could copy is heard",
                    "look at: understudy status"));
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

  private Operation forward(
      Member peer, Action action, String by, Optional<String> idempotencyKey) {
    // Remembered before it is sent: when the answer is lost nobody knows whether it arrived.
    idempotencyKey.ifPresent(key -> operations.forward(key, peer.name()));
    try {
      Operation there =
          calls
              .act(peer, action, by, idempotencyKey)
              .orElseThrow(() -> new IOException(peer.name() + " did not take it"));
      return Forwarded.from(peer, there);
    } catch (IOException unreachable) {
      long operation = operations.begin(action, Optional.empty());
      return operations.end(
          operation,
          "failed",
          "peer-unreachable",
          "this is for " + peer.name() + " to do: " + unreachable.getMessage(),
          unreachable instanceof PeerCalls.AnswerLost
              ? "before you repeat it: understudy status, understudy history"
              : "look at: understudy pair test");
    }
  }

  @Override
  public Optional<Operation> operation(String id) {
    Optional<Forwarded> forwarded = Forwarded.parse(id, members);
    if (forwarded.isEmpty()) {
      return operations.named(id);
    }
    Member peer = forwarded.get().peer();
    try {
      return calls
          .operation(peer, forwarded.get().id())
          .map(operation -> Forwarded.from(peer, operation));
    } catch (IOException unreachable) {
      return Optional.of(forwarded.get().unknown(unreachable, clock.wall()));
    }
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
