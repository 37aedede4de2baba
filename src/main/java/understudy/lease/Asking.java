package understudy.lease;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import understudy.failover.Input;
import understudy.failover.Register;
import understudy.time.Clock;
import understudy.time.Moment;

/**
 * Asks the store on a thread of its own, one question at a time; a question that comes while one is
 * under way replaces the one that waits. Each answer goes to the loop as an input.
 */
public final class Asking implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Asking.class);

  /** Where answers go. */
  @FunctionalInterface
  public interface Listener {
    /** Called by the asking thread; the argument stamps the input. */
    void answered(Function<Moment, Input> answer);
  }

  private sealed interface Question {
    record Read() implements Question {}

    record Write(Register wanted) implements Question {}
  }

  private final Store store;
  private final Clock clock;
  private final Listener listener;
  private final Thread thread;
  private Optional<Question> waiting = Optional.empty();
  private final AtomicReference<String> trouble = new AtomicReference<>("");

  public Asking(Store store, Clock clock, Listener listener) {
    this.store = store;
    this.clock = clock;
    this.listener = listener;
    this.thread = Thread.ofPlatform().name("asks the store").daemon().unstarted(this::work);
  }

  public void start() {
    thread.start();
  }

  /** Returns at once. */
  public void read() {
    put(new Question.Read());
  }

  /** Returns at once. A release is not replaced by a mere look. */
  public void write(Register wanted) {
    put(new Question.Write(wanted));
  }

  private synchronized void put(Question question) {
    boolean mereLook = question instanceof Question.Read;
    if (!mereLook || waiting.isEmpty()) {
      waiting = Optional.of(question);
      notifyAll();
    }
  }

  private synchronized Question next() throws InterruptedException {
    while (waiting.isEmpty()) {
      wait();
    }
    Question next = waiting.get();
    waiting = Optional.empty();
    return next;
  }

  private void work() {
    try {
      while (true) {
        ask(next());
      }
    } catch (InterruptedException stopping) {
      LOG.debug("the store is not asked any more");
    }
  }

  private void ask(Question question) throws InterruptedException {
    Moment askedAt = clock.now();
    try {
      switch (question) {
        case Question.Read _ -> seen(store.read());
        case Question.Write(Register wanted) -> {
          switch (store.write(wanted)) {
            case Store.Written.Taken(Register register) ->
                listener.answered(at -> new Input.RegisterWritten(at, askedAt, register));
            case Store.Written.Overtaken(Register found) -> seen(found);
          }
        }
      }
      if (!trouble.getAndSet("").isEmpty()) {
        LOG.info("the store answers again: {}", store.place());
      }
    } catch (IOException failed) {
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedException("while asking " + store.place());
      }
      String why = String.valueOf(failed.getMessage());
      if (trouble.getAndSet(why).isEmpty()) {
        LOG.warn("the store does not answer: {}", why);
      }
      listener.answered(at -> new Input.RegisterFailed(at, why));
    } catch (RuntimeException | Error bug) {
      LOG.error("asking the store failed: this is a bug", bug);
      listener.answered(at -> new Input.RegisterFailed(at, "it could not be asked: " + bug));
    }
  }

  private void seen(Register register) {
    listener.answered(at -> new Input.RegisterSeen(at, register));
  }

  @Override
  public void close() {
    thread.interrupt();
    store.close();
  }
}
