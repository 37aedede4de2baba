package understudy.node;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import understudy.api.Action;
import understudy.api.Views.Operation;
import understudy.sync.Eagerness;
import understudy.sync.SyncResult;
import understudy.time.Clock;
import understudy.time.Moment;

/** Copies because somebody asks, not because it is time to; the operation tells how it goes. */
final class SyncNow {
  private static final Duration SYNC_WITHIN = Duration.ofHours(24);

  private static final Duration LOOK_EVERY = Duration.ofMillis(500);

  /** Who does not answer for so long is gone, and its copy with it. */
  private static final Duration SILENCE = Duration.ofMinutes(1);

  private final SyncDriver sync;
  private final Operations operations;
  private final Clock clock;

  SyncNow(SyncDriver sync, Operations operations, Clock clock) {
    this.sync = sync;
    this.operations = operations;
    this.clock = clock;
  }

  /** Copies the dataset that the action names, or all. Returns at once. */
  Operation begin(Action action, long operation) {
    if (wants(action)) {
      copy(wanted(action), eagerness(action), operation);
      return operations.numbered(operation);
    }
    return answer(action, operations, operation);
  }

  /** What {@link #begin} would do. */
  Operation rehearse(Action action, Operations rehearsal, long operation) {
    return wants(action)
        ? rehearsal.end(
            operation, "done", null, "would copy now: " + String.join(", ", wanted(action)), null)
        : answer(action, rehearsal, operation);
  }

  private List<String> wanted(Action action) {
    return action.dataset() == null ? sync.datasets() : List.of(action.dataset());
  }

  /** There is something to copy, and nothing is named that is not there. */
  private boolean wants(Action action) {
    return !wanted(action).isEmpty() && sync.datasets().containsAll(wanted(action));
  }

  private Operation answer(Action action, Operations answers, long operation) {
    return action.dataset() == null
        ? answers.end(operation, "done", null, "this node has no datasets to copy", null)
        : answers.end(
            operation,
            "refused",
            "unknown-dataset",
            "there is no dataset '" + action.dataset() + "'",
            "the datasets are: " + String.join(", ", sync.datasets()));
  }

  private static Eagerness eagerness(Action action) {
    return Boolean.TRUE.equals(action.quick()) ? Eagerness.AT_ONCE : Eagerness.THOROUGH;
  }

  /** Copies, and ends the operation with what came of it. Returns at once. */
  void copy(List<String> datasets, Eagerness eagerness, long operation) {
    Thread.ofVirtual().name("sync now").start(() -> run(datasets, eagerness, operation));
  }

  /**
   * Ends the operation when all of these have ended, which run elsewhere, as the worst of them.
   * Returns at once.
   *
   * @param look how the operation of that id goes
   */
  void follow(List<Operation> begun, Function<String, Optional<Operation>> look, long operation) {
    begun.forEach(copy -> operations.step(operation, sentence(copy)));
    Thread.ofVirtual()
        .name("sync of several")
        .start(
            () -> {
              List<Operation> ended = begun.stream().map(copy -> awaited(copy, look)).toList();
              Operation worst = Operations.worst(ended).orElseThrow();
              String sentences = String.join("; ", ended.stream().map(SyncNow::sentence).toList());
              operations.end(operation, worst.state(), worst.code(), sentences, worst.fix());
            });
  }

  /** As it ended; failed when its end cannot be seen. */
  private Operation awaited(Operation copy, Function<String, Optional<Operation>> look) {
    Operation seen = copy;
    Moment begun = clock.now();
    Moment answered = begun;
    try {
      while (seen.finished() == null
          && clock.now().isBefore(begun.plus(SYNC_WITHIN))
          && clock.now().isBefore(answered.plus(SILENCE))) {
        Thread.sleep(LOOK_EVERY);
        seen = look.apply(copy.id()).orElseGet(() -> lost(copy, "it is not known there any more"));
        answered = seen.state().equals(Forwarded.UNKNOWN) ? answered : clock.now();
      }
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    }
    return seen.finished() == null ? lost(seen, sentence(seen)) : seen;
  }

  private Operation lost(Operation copy, String why) {
    return Operation.plain(
        copy.id(),
        copy.action(),
        "failed",
        copy.steps(),
        "sync-failed",
        "its end was not seen: " + why,
        "see: understudy sync history",
        copy.started(),
        clock.wall());
  }

  private static String sentence(Operation copy) {
    String message = copy.message();
    return copy.id() + " " + (message == null ? copy.state() : message);
  }

  private void run(List<String> datasets, Eagerness eagerness, long operation) {
    try (var telling = new SyncTelling(sync, operations, operation, clock)) {
      List<SyncResult> results = telling.join(datasets, eagerness, SYNC_WITHIN);
      String sentences = String.join("; ", results.stream().map(Runs::sentence).toList());
      boolean failed = results.stream().anyMatch(SyncResult.Failed.class::isInstance);
      operations.end(
          operation,
          failed ? "failed" : "done",
          failed ? "sync-failed" : null,
          sentences,
          failed ? "see: understudy sync history" : null);
    } catch (IOException nothing) {
      operations.end(
          operation,
          "failed",
          "sync-failed",
          String.valueOf(nothing.getMessage()),
          "see: understudy status");
    }
  }
}
