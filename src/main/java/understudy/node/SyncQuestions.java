package understudy.node;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import understudy.store.QuestionStore;
import understudy.sync.PullOptions;
import understudy.sync.SyncRefused;
import understudy.sync.SyncResult;
import understudy.time.Clock;

/**
 * Syncs that wait for a person: what each asks, and what was answered. A yes holds for what was
 * asked and for one run; a question and a no outlive the daemon. Safe from any thread.
 */
final class SyncQuestions {
  private final Clock clock;
  private final QuestionStore store;
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

  SyncQuestions(QuestionStore store, Clock clock) {
    this.store = store;
    this.clock = clock;
    for (QuestionStore.Asked asked : store.load()) {
      code(asked.code())
          .ifPresent(
              code ->
                  open.put(
                      asked.dataset(),
                      new Question(
                          asked.dataset(),
                          code,
                          asked.reason(),
                          new SyncRefused.Asked(asked.removed(), asked.entries(), asked.paths()),
                          asked.since(),
                          asked.isRefused())));
    }
  }

  /** Another release may have written a code that this one does not know: then it asks anew. */
  private static Optional<SyncRefused.Code> code(String name) {
    return Arrays.stream(SyncRefused.Code.values())
        .filter(code -> code.name().equals(name))
        .findFirst();
  }

  private void save() {
    store.save(
        open.values().stream()
            .map(
                question ->
                    new QuestionStore.Asked(
                        question.dataset(),
                        question.code().name(),
                        question.reason(),
                        question.asked().removed(),
                        question.asked().entries(),
                        question.asked().paths(),
                        question.since(),
                        question.isRefused()))
            .toList());
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
    if (open.remove(dataset) != null) {
      save();
    }
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
    if (before == null || !before.equals(question)) {
      save();
    }
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
      save();
    }
    return true;
  }
}
