package understudy.resource;

import java.time.Duration;
import java.util.List;
import understudy.failover.Term;

/**
 * Something that follows the role. Starting and stopping come from one thread at a time; the other
 * methods from any.
 */
public interface Resource {

  /** How it is called in logs, status and messages; unique in the cluster. */
  String name();

  /**
   * Starts it and waits until it is confirmed started. What already runs as configured is adopted,
   * so calling it twice is harmless. After a failure or the deadline parts of it may still run:
   * {@link #stop} it.
   */
  Outcome start(Term term, Duration within) throws InterruptedException;

  /**
   * Stops it and waits until it is confirmed gone; harmless when it is not there. After a failure
   * it may be called again.
   */
  Outcome stop(Duration within) throws InterruptedException;

  /** How it is now. Takes a bounded time: at most the configured time-out of its health check. */
  Condition check() throws InterruptedException;

  /** Whether this machine could run it, without changing anything. Takes at most some seconds. */
  List<Readiness> readiness() throws InterruptedException;

  /**
   * Forgets what the object keeps open, without stopping anything: the next daemon adopts what
   * runs. Called once, last.
   */
  void release();
}
