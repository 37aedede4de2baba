package understudy.resource.probe;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Asks several questions at once and waits for all of them no longer than a given time. Each runs
 * in a platform thread: several wait in system calls, where a virtual thread would hold its
 * carrier.
 */
final class Concurrently {
  private Concurrently() {}

  /**
   * The answers in the order of the questions.
   *
   * @param missing makes the answer of a question that did not end in time or threw
   */
  static <Q, A> List<A> ask(
      List<Q> questions, Function<Q, A> ask, Duration within, Function<Q, A> missing)
      throws InterruptedException {
    List<Callable<A>> tasks = new ArrayList<>();
    questions.forEach(question -> tasks.add(() -> ask.apply(question)));
    ExecutorService executor =
        Executors.newThreadPerTaskExecutor(
            Thread.ofPlatform().daemon().name("probe ", 0).factory());
    try {
      List<A> answers = new ArrayList<>();
      int at = 0;
      for (Future<A> future : executor.invokeAll(tasks, within.toNanos(), TimeUnit.NANOSECONDS)) {
        answers.add(answer(future, questions.get(at++), missing));
      }
      return answers;
    } finally {
      executor.shutdownNow();
    }
  }

  private static <Q, A> A answer(Future<A> future, Q question, Function<Q, A> missing)
      throws InterruptedException {
    try {
      return future.get();
    } catch (CancellationException late) {
      return missing.apply(question);
    } catch (ExecutionException bug) {
      throw new IllegalStateException("asking " + question, bug.getCause());
    }
  }
}
