package understudy.node;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import understudy.sync.PullOptions;
import understudy.sync.SyncRefused;
import understudy.sync.SyncResult;
import understudy.time.Clock;

/**
 * Syncs that wait for a person: what each asks, and what was answered. A yes holds for what was
 * asked and for one run. Safe from any thread.
 */
final class SyncQuestions {
  private final Clock clock;
  private final Map<String, Question> open = new LinkedHashMap<>();
  private final Map<String, Permission> given = new LinkedHashMap<>();
  private final List<Consumer<Question>> listeners = new ArrayList<>();

  /**
   * A sync that waits.
   *
   * @param isRefused a person said no
   */
  record Question(
      String dataset,
      SyncRefused.Code code,
      String reason,
      SyncRefused.Asked asked,
      Instant since,
      boolean isRefused) {

    /** For the line that begins every status. */
    String sentence() {
      return isRefused
          ? "sync of "
              + dataset
              + " holds, a person said no; to go on: understudy sync now "
              + dataset
          : "sync of "
              + dataset
              + " waits for a person: "
              + reason
              + "; understudy sync answer "
              + dataset;
    }
  }

  /** What a person agreed to. */
  record Permission(SyncRefused.Code code, SyncRefused.Asked asked) {
    PullOptions on(PullOptions usual) {
      return switch (code) {
        case TOO_MUCH_DELETED -> usual.braking(usual.brake().accepting(asked.removed()));
        case TARGET_NOT_EMPTY -> usual.withConsent();
        case SOURCE_MISSING -> usual.unmarked();
        case FOREIGN_WRITES -> usual.overForeign();
        case DISK_FULL,
            BUSY,
            UNKNOWN_DATASET,
            UNTRUSTED_PEER,
            CONNECTION,
            INTERRUPTED,
            NOTHING_KEPT,
            WOULD_OVERWRITE,
            INPUT_OUTPUT ->
            usual;
      };
    }
  }

  SyncQuestions(Clock clock) {
    this.clock = clock;
  }

  /** Told of every new question; must not block. */
  synchronized void onQuestion(Consumer<Question> listener) {
    listeners.add(listener);
  }

  /** A run has ended: it asks, or nothing is open any more. */
  synchronized void ended(SyncResult result) {
    String dataset = result.run().dataset();
    if (result instanceof SyncResult.Failed failed) {
      if (failed.asked().isPresent()) {
        given.remove(dataset);
        ask(dataset, failed, failed.asked().get());
      }
      return; // anything else says nothing about what was asked
    }
    given.remove(dataset);
    open.remove(dataset);
  }

  private void ask(String dataset, SyncResult.Failed failed, SyncRefused.Asked asked) {
    Question before = open.get(dataset);
    boolean isNew = before == null || before.code() != failed.code();
    Question question =
        new Question(
            dataset,
            failed.code(),
            failed.reason(),
            asked,
            before == null || isNew ? clock.wall() : before.since(),
            false);
    open.put(dataset, question);
    if (isNew) {
      listeners.forEach(listener -> listener.accept(question));
    }
  }

  synchronized List<Question> open() {
    return List.copyOf(open.values());
  }

  synchronized Optional<Question> about(String dataset) {
    return Optional.ofNullable(open.get(dataset));
  }

  synchronized Optional<Permission> permission(String dataset) {
    return Optional.ofNullable(given.get(dataset));
  }

  /** The next run may go over what was found on this standby. */
  synchronized void permitForeign(String dataset) {
    given.put(
        dataset,
        new Permission(SyncRefused.Code.FOREIGN_WRITES, new SyncRefused.Asked(0, 0, List.of())));
  }

  /** False: nothing was asked. */
  synchronized boolean answer(String dataset, boolean accept) {
    Question question = open.get(dataset);
    if (question == null) {
      return false;
    }
    if (accept) {
      given.put(dataset, new Permission(question.code(), question.asked()));
    } else {
      given.remove(dataset);
      open.put(
          dataset,
          new Question(
              dataset,
              question.code(),
              question.reason(),
              question.asked(),
              question.since(),
              true));
    }
    return true;
  }
}
