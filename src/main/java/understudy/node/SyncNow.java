package understudy.node;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import understudy.api.Action;
import understudy.api.Views.Operation;
import understudy.sync.Eagerness;
import understudy.sync.SyncResult;
import understudy.time.Clock;

/** Copies because somebody asks, not because it is time to; the operation tells how it goes. */
final class SyncNow {
  private static final Duration SYNC_WITHIN = Duration.ofHours(24);

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
