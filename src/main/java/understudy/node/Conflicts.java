package understudy.node;

import java.util.ArrayList;
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
  private static final String SEE =
      "see: understudy status; to move the role: understudy switchover";

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
      String alone = serving.getFirst().from() + " serves alone";
      return refuse(action, "no-conflict", "there is no conflict: " + alone);
    }
    List<Heartbeat> candidates = serving.isEmpty() ? known : serving;
    Possessions.Look look = possessions.look(policy.self(), candidates);
    Evidence evidence = Evidence.weigh(policy, candidates, look.addresses(), look.descent());
    NodeName survivor =
        Optional.ofNullable(action.survivor()).map(NodeName::new).orElse(evidence.survivor());
    List<NodeName> names = candidates.stream().map(Heartbeat::from).toList();
    if (!names.contains(survivor)) {
      String who = serving.isEmpty() ? "in touch" : "serving";
      return refuse(action, "no-candidate", survivor + " is not among those " + who + ": " + names);
    }
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
      return orders.act(
          survivor, Action.of(Action.Kind.PROMOTE).because(action.reason()), by, idempotencyKey);
    }
    NodeName self = loop.failover().policy().self();
    List<NodeName> others =
        serving.stream()
            .map(Heartbeat::from)
            .filter(node -> members.named(node).isPresent())
            .toList();
    return serving.stream().anyMatch(beat -> beat.from().equals(self))
        ? settleWith(others, keeping(survivor, action), by, idempotencyKey)
        : demote(others, survivor, action, by, idempotencyKey);
  }

  private Operation settleWith(
      List<NodeName> others, Action wish, String by, Optional<String> idempotencyKey) {
    var untold = new ArrayList<String>();
    for (NodeName other : others) {
      Operation there = orders.act(other, wish, by, Optional.empty());
      if (there.code() != null) {
        untold.add(other + " did not take it: " + there.message());
      }
    }
    Operation own = orders.act(loop.failover().policy().self(), wish, by, idempotencyKey);
    return untold.isEmpty() ? own : noting(own, String.join("; ", untold));
  }

  /** Who serve may not hear each other, and would not know of a conflict. */
  private Operation demote(
      List<NodeName> serving, NodeName survivor, Action action, String by, Optional<String> key) {
    var begun = new ArrayList<Operation>();
    for (NodeName node : serving) {
      if (!node.equals(survivor)) {
        Optional<String> once = begun.isEmpty() ? key : Optional.empty();
        begun.add(orders.act(node, demoting(survivor, action), by, once));
      }
    }
    return Operations.worst(begun)
        .orElseGet(() -> refuse(action, "no-conflict", "it is over: " + survivor + " serves"));
  }

  private Operation refuse(Action action, String code, String why) {
    return operations.refuse(action, code, why, SEE);
  }

  private static Action keeping(NodeName survivor, Action action) {
    return new Action(
        Action.Kind.RESOLVE,
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
  }

  private static Action demoting(NodeName survivor, Action action) {
    return new Action(
        Action.Kind.DEMOTE,
        null,
        true,
        null,
        null,
        null,
        null,
        null,
        null,
        "a conflict is decided for " + survivor + ": " + action.why(),
        null,
        null);
  }

  /** The evidence belongs to the answer; an operation that runs elsewhere cannot be amended. */
  private Operation noting(Operation operation, String words) {
    return operations.named(operation.id()).isPresent()
        ? operations.add(operation.id(), words)
        : operation;
  }
}
