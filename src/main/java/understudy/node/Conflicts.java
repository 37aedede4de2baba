package understudy.node;

import java.util.List;
import java.util.Optional;
import understudy.api.Action;
import understudy.api.Views.Operation;
import understudy.failover.Heartbeat;
import understudy.failover.NodeName;
import understudy.failover.Policy;
import understudy.time.Clock;
import understudy.wire.Members;

/**
 * Ends a conflict: of two that serve one yields, of nodes of which none serves one is promoted.
 * Which one, the evidence says, unless a person does.
 */
final class Conflicts {
  private final Loop loop;
  private final Operations operations;
  private final Possessions possessions;
  private final Members members;
  private final Diary diary;
  private final Clock clock;
  private final Orders orders;

  /** Has a node carry out an action, this one or another. */
  interface Orders {
    Operation act(NodeName node, Action action, String by, Optional<String> idempotencyKey);
  }

  Conflicts(
      Loop loop,
      Operations operations,
      Possessions possessions,
      Members members,
      Diary diary,
      Clock clock,
      Orders orders) {
    this.loop = loop;
    this.operations = operations;
    this.possessions = possessions;
    this.members = members;
    this.diary = diary;
    this.clock = clock;
    this.orders = orders;
  }

  Operation resolve(Action action, String by, Optional<String> idempotencyKey) {
    Policy policy = loop.failover().policy();
    List<Heartbeat> known = StatusBoard.known(policy, loop.state(), clock.now());
    List<Heartbeat> serving = known.stream().filter(Heartbeat::mayServe).toList();
    if (serving.size() == 1) {
      long operation = operations.begin(action, Optional.empty());
      return operations.end(
          operation,
          "refused",
          "no-conflict",
          "there is no conflict: " + serving.getFirst().from() + " serves alone",
          "to move the role: understudy switchover");
    }
    List<Heartbeat> candidates = serving.isEmpty() ? known : serving;
    Possessions.Look look = possessions.look(policy.self(), candidates);
    Evidence evidence = Evidence.weigh(policy, candidates, look.addresses(), look.descent());
    NodeName survivor =
        Optional.ofNullable(action.survivor()).map(NodeName::new).orElse(evidence.survivor());
    String words =
        String.join("; ", evidence.items())
            + (action.survivor() == null ? "" : "; a person chose " + survivor);
    if (Boolean.TRUE.equals(action.dryRun())) {
      var rehearsal = new Operations(clock, _ -> {});
      long operation = rehearsal.begin(action, Optional.empty());
      return rehearsal.end(
          operation, "done", null, "would choose " + survivor + ": " + words, null);
    }
    diary.note("RESOLVED", "a conflict is decided for " + survivor, evidence.items());
    return noting(carryOut(action, by, idempotencyKey, serving, survivor), words);
  }

  private Operation carryOut(
      Action action,
      String by,
      Optional<String> idempotencyKey,
      List<Heartbeat> serving,
      NodeName survivor) {
    if (serving.isEmpty()) {
      return orders.act(survivor, Action.of(Action.Kind.PROMOTE), by, idempotencyKey);
    }
    var wish =
        new Action(
            action.kind(),
            null,
            null,
            null,
            null,
            null,
            survivor.value(),
            null,
            null,
            action.reason(),
            null,
            null);
    NodeName self = loop.failover().policy().self();
    serving.stream()
        .map(Heartbeat::from)
        .filter(other -> members.named(other).isPresent())
        .forEach(other -> orders.act(other, wish, by, Optional.empty()));
    return orders.act(self, wish, by, idempotencyKey);
  }

  /** The evidence belongs to the answer; an operation that runs elsewhere cannot be amended. */
  private Operation noting(Operation operation, String words) {
    return operations.named(operation.id()).isPresent()
        ? operations.add(operation.id(), words)
        : operation;
  }
}
