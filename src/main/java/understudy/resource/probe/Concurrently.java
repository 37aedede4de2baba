package understudy.resource.probe;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import understudy.linux.PromptStart;
import understudy.linux.RealTime;

/**
 * Asks several questions at once and waits for all of them no longer than a given time. Each runs
 * in a platform thread: several wait in system calls, where a virtual thread would hold its
 * carrier.
 */
final class Concurrently {
  private static final Logger LOG = LoggerFactory.getLogger(Concurrently.class);

  private Concurrently() {}

  /**
   * The answers in the order of the questions.
   *
   * @param missing makes the answer of a question that did not end in time or threw
   */
  static <Q, A> List<A> ask(
      List<Q> questions, Function<Q, A> ask, Duration within, Function<Q, A> missing)
      throws InterruptedException {
    long deadline = System.nanoTime() + within.toNanos();
    List<FutureTask<A>> asked = new ArrayList<>();
    try {
      for (Q question : questions) {
        var task = new FutureTask<>(() -> ask.apply(question));
        asked.add(task);
        var _ = PromptStart.start(Thread.ofPlatform().daemon().name("probe " + question), task);
      }
      List<A> answers = new ArrayList<>();
      for (FutureTask<A> each : asked) {
        Q question = questions.get(answers.size());
        answers.add(answer(each, deadline - System.nanoTime(), question, missing));
      }
      return answers;
    } finally {
      asked.forEach(each -> each.cancel(true));
    }
  }

  /**
   * As {@link #ask}, before all ordinary work as far as this process may: a mandate ends when the
   * answers come late.
   */
  static <Q, A> List<A> askUrgently(
      List<Q> questions, Function<Q, A> ask, Duration within, Function<Q, A> missing)
      throws InterruptedException {
    Function<Q, A> urgently =
        question -> {
          RealTime.forThisThread(RealTime.BEFORE_OTHER_WORK)
              .ifPresent(refused -> LOG.debug("a look waits like other work: {}", refused));
          return ask.apply(question);
        };
    return ask(questions, urgently, within, missing);
  }

  private static <Q, A> A answer(
      Future<A> future, long withinNanos, Q question, Function<Q, A> missing)
      throws InterruptedException {
    try {
      return future.get(Math.max(0, withinNanos), TimeUnit.NANOSECONDS);
    } catch (TimeoutException late) {
      return missing.apply(question);
    } catch (ExecutionException bug) {
      throw new IllegalStateException("asking " + question, bug.getCause());
    }
  }
}
