package understudy.node;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import understudy.api.Action;
import understudy.api.Views;
import understudy.api.Views.Operation;
import understudy.failover.Effect.Reply;
import understudy.failover.NodeName;
import understudy.failover.Rule;
import understudy.time.Clock;

/**
 * The operations that this node knows, newest {@value #REMEMBERED} of them. An operation id is a
 * number that no other node or life of this node uses: wall milliseconds times a thousand plus a
 * counter.
 */
final class Operations {
  static final int REMEMBERED = 1_000;
  private static final Duration KEY_LIFE = Duration.ofDays(1);

  private final Clock clock;
  private final Consumer<Operation> changed;
  private final Map<Long, Operation> known = new LinkedHashMap<>();
  private final Map<String, Key> keys = new LinkedHashMap<>();
  private long latest;

  private final Map<String, Forward> forwards = new LinkedHashMap<>();

  private record Key(long operation, Instant until) {}

  /**
   * What went to another node.
   *
   * @param wish as that node was asked; empty for one about data, which is repeated as it comes
   */
  record Forward(NodeName to, Optional<Action> wish, Instant until) {}

  /**
   * An empty memory.
   *
   * @param changed told of every change; must not block
   */
  Operations(Clock clock, Consumer<Operation> changed) {
    this.clock = clock;
    this.changed = changed;
  }

  /** A new running operation. */
  long begin(Action action, Optional<String> idempotencyKey) {
    return begin(action.kind().word(), idempotencyKey);
  }

  /** A new running operation of that name. */
  synchronized long begin(String action, Optional<String> idempotencyKey) {
    Instant now = clock.wall();
    latest = Math.max(latest + 1, now.toEpochMilli() * 1_000);
    idempotencyKey.ifPresent(key -> keys.put(key, new Key(latest, now.plus(KEY_LIFE))));
    put(
        latest,
        Operation.plain(id(latest), action, "running", List.of(), null, null, null, now, null));
    forget(now);
    return latest;
  }

  /** Says how far a running operation is. */
  synchronized void progress(long number, String message, Views.@Nullable Progress progress) {
    Operation before = numbered(number);
    if (before.finished() == null) {
      put(
          number,
          new Operation(
              before.id(),
              before.action(),
              before.state(),
              before.steps(),
              null,
              message,
              null,
              before.started(),
              null,
              progress));
    }
  }

  /** Adds a step to a running operation. */
  synchronized void step(long number, String step) {
    Operation before = numbered(number);
    if (before.finished() == null) {
      put(number, underway(before, step));
    }
  }

  private void forget(Instant now) {
    trim(known.entrySet().iterator(), known.size());
    keys.values().removeIf(key -> key.until().isBefore(now));
    trim(keys.entrySet().iterator(), keys.size());
  }

  private static void trim(Iterator<?> oldestFirst, int size) {
    for (int surplus = size - REMEMBERED; surplus > 0; surplus--) {
      oldestFirst.next();
      oldestFirst.remove();
    }
  }

  /** The operation that was begun with this key within a day. */
  synchronized Optional<Operation> begunWith(String idempotencyKey) {
    return Optional.ofNullable(keys.get(idempotencyKey))
        .flatMap(key -> Optional.ofNullable(known.get(key.operation())));
  }

  /** Remembers to which node which wish with this key went. */
  synchronized void forward(String idempotencyKey, NodeName to, Optional<Action> wish) {
    Instant now = clock.wall();
    forwards.put(idempotencyKey, new Forward(to, wish, now.plus(KEY_LIFE)));
    forwards.values().removeIf(forward -> forward.until().isBefore(now));
    trim(forwards.entrySet().iterator(), forwards.size());
  }

  /** Where the wish with this key went within a day. */
  synchronized Optional<Forward> forwardedWith(String idempotencyKey) {
    return Optional.ofNullable(forwards.get(idempotencyKey));
  }

  /** Says more of an operation that has ended. */
  synchronized Operation add(String id, String more) {
    Operation before = named(id).orElseThrow();
    String message = before.message() == null ? more : before.message() + "; " + more;
    var longer =
        Operation.plain(
            before.id(),
            before.action(),
            before.state(),
            before.steps(),
            before.code(),
            message,
            before.fix(),
            before.started(),
            before.finished());
    put(Long.parseLong(id, 36), longer);
    return longer;
  }

  synchronized Optional<Operation> named(String id) {
    return known.values().stream().filter(operation -> operation.id().equals(id)).findFirst();
  }

  synchronized Operation numbered(long number) {
    Operation operation = known.get(number);
    if (operation == null) {
      throw new IllegalArgumentException("no operation " + number);
    }
    return operation;
  }

  /** The operation once something is known of it, or as it is after {@code patience}. */
  synchronized Operation firstWord(long number, Duration patience) {
    long deadline = System.nanoTime() + patience.toNanos();
    try {
      while (numbered(number).steps().isEmpty() && numbered(number).finished() == null) {
        long left = (deadline - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
          break;
        }
        wait(left);
      }
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    }
    return numbered(number);
  }

  /** The operation once it has ended, or as it is after {@code patience}; empty: unknown here. */
  synchronized Optional<Operation> awaitEnd(String id, Duration patience)
      throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    Optional<Operation> operation = named(id);
    while (operation.isPresent() && operation.get().finished() == null) {
      long left = (deadline - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        return operation;
      }
      wait(left);
      operation = named(id);
    }
    return operation;
  }

  /** Of several that belong together: one that failed or was refused, else the first. */
  static Optional<Operation> worst(List<Operation> several) {
    return several.stream()
        .filter(operation -> operation.code() != null)
        .findFirst()
        .or(() -> several.stream().findFirst());
  }

  static String id(long number) {
    return Long.toString(number, 36);
  }

  /** What the core says of an operation; one it does not know (of an earlier life) is ignored. */
  synchronized void reply(long number, Reply reply) {
    Operation before = known.get(number);
    if (before == null || before.finished() != null) {
      return;
    }
    put(
        number,
        switch (reply) {
          case Reply.Underway(String step) -> underway(before, step);
          case Reply.Done(String what) -> ended(before, "done", null, what, null);
          case Reply.Refused(var rule, var evidence, var override) ->
              ended(
                  before,
                  "refused",
                  code(rule),
                  rule.sentence() + ": " + String.join("; ", evidence),
                  override.map(option -> "to go against it: " + option).orElse(null));
          case Reply.Failed(var rule, String what) ->
              ended(before, "failed", code(rule), rule.sentence() + ": " + what, null);
        });
  }

  /** Ends an operation that the core never saw. */
  synchronized Operation end(
      long number, String state, @Nullable String code, String message, @Nullable String fix) {
    Operation ended = ended(numbered(number), state, code, message, fix);
    put(number, ended);
    return ended;
  }

  /** An operation that is refused before it begins. */
  Operation refuse(Action action, String code, String message, String fix) {
    return end(begin(action, Optional.empty()), "refused", code, message, fix);
  }

  private static Operation underway(Operation before, String step) {
    var steps = new ArrayList<>(before.steps());
    steps.add(step);
    return Operation.plain(
        before.id(),
        before.action(),
        "running",
        List.copyOf(steps),
        null,
        step,
        null,
        before.started(),
        null);
  }

  private Operation ended(
      Operation before, String state, @Nullable String code, String message, @Nullable String fix) {
    return Operation.plain(
        before.id(),
        before.action(),
        state,
        before.steps(),
        code,
        message,
        fix,
        before.started(),
        clock.wall());
  }

  /** The stable word of a rule, for programs. */
  static String code(Rule rule) {
    return rule.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private void put(long number, Operation operation) {
    known.put(number, operation);
    notifyAll();
    changed.accept(operation);
  }
}
