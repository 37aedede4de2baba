package understudy.api;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What the API shows and asks: the running node as seen from outside. Implemented by the daemon's
 * wiring and by a fixed one in tests. All methods are safe from any thread and answer from memory
 * or the local store within milliseconds; none waits for the peer unless it says so.
 */
public interface ServedNode {

  Views.Status status();

  Views.Readiness readiness();

  List<Views.Dataset> datasets();

  /** Newest first, at most {@code limit} rows with an id below {@code before}. */
  List<Views.HistoryRow> history(long before, int limit);

  /**
   * Why something happened or did not; waits some seconds for the peers. Empty: no such event.
   * Throws {@link IllegalArgumentException} when {@code event} names none.
   *
   * @param event {@code now}, an id of the history, {@code NODE:ID}, or a time
   */
  Optional<Views.Explanation> explain(String event);

  /** Newest first. */
  List<Views.Drill> drills();

  /** Newest first, at most {@code limit}. */
  List<Views.Run> runs(int limit);

  /**
   * Takes an action. Returns at once with a running operation, or with one that is already refused.
   * May wait up to two seconds for this node's disk, and as long for each node that is told of it.
   *
   * @param by who asks, for the journal
   * @param idempotencyKey the same key within a day returns the first operation again; empty: none
   */
  Views.Operation act(Action action, String by, Optional<String> idempotencyKey);

  /** An action came with this key within a day. */
  boolean knowsKey(String idempotencyKey);

  Optional<Views.Operation> operation(String id);

  /**
   * Calls {@code listener} for every event until the subscription is closed. The listener must not
   * block.
   */
  Subscription subscribe(Consumer<Views.Event> listener);

  /** The deciding loop turns. */
  boolean isLive();

  /**
   * This node holds an unexpired mandate and serves: decided by clock at the instant of the call.
   */
  boolean isActive();

  /** This node is a standby whose data is complete and at most {@code maxLag} old. */
  boolean isStandby(Duration maxLag);

  /** Active, or a standby that could take over. */
  boolean isReady();

  /** Ends with {@link #close}. */
  interface Subscription extends AutoCloseable {
    @Override
    void close();
  }
}
