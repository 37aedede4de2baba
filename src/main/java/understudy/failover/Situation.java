package understudy.failover;

import java.util.Optional;
import understudy.time.Moment;

/** What a node is in the middle of; each holds only what is meaningful in it. */
public sealed interface Situation {

  Role role();

  /** The watch of a node that may take the role; empty for one that holds a mandate or cannot. */
  default Optional<Watch> watching() {
    return switch (this) {
      case Standby(Watch watch) -> Optional.of(watch);
      case Frozen(_, Watch watch) -> Optional.of(watch);
      case Starting _, Active _, Stopping _, Witnessing _, Detached _ -> Optional.empty();
    };
  }

  /** Serves nothing and watches. */
  record Standby(Watch watch) implements Situation {
    @Override
    public Role role() {
      return Role.STANDBY;
    }
  }

  /** Was active, lost the right, serves nothing, watches. */
  record Frozen(Term lost, Watch watch) implements Situation {
    @Override
    public Role role() {
      return Role.FROZEN;
    }
  }

  /**
   * Holds the mandate and is getting ready to serve.
   *
   * @param cause why it claimed
   * @param operation the operator's wish behind it, when there is one
   * @param deadline when it gives up
   * @param mandateUntil end of the mandate unless renewed
   */
  record Starting(
      Phase phase, Rule cause, Optional<Long> operation, Moment deadline, Moment mandateUntil)
      implements Situation {
    @Override
    public Role role() {
      return Role.STARTING;
    }
  }

  /** What a starting node waits for. */
  sealed interface Phase {
    /** That the previous holder has stopped, or that its mandate has surely run out. */
    record Fencing(Moment clearAt) implements Phase {}

    /** That its own data is whole. */
    record Settling() implements Phase {}

    /** That its resources run. */
    record Resources() implements Phase {}
  }

  /**
   * Serves.
   *
   * @param peerSuspected the peer is silent
   * @param preparing a switchover that has not stopped the service yet
   */
  record Active(Moment mandateUntil, boolean peerSuspected, Optional<Preparing> preparing)
      implements Situation {
    @Override
    public Role role() {
      return Role.ACTIVE;
    }
  }

  /** A switchover while clients are still served: the target copies the bulk. */
  record Preparing(long operation, NodeName target, boolean sync, Moment deadline) {}

  /**
   * Stopping its resources.
   *
   * @param deadline when it says that it is stuck, or gives a handover up
   */
  record Stopping(StopCause cause, Moment deadline) implements Situation {
    @Override
    public Role role() {
      return Role.STOPPING;
    }
  }

  /** Why a node stops. */
  sealed interface StopCause {
    /** Another node serves in a later term, or wins a conflict. */
    record Superseded() implements StopCause {}

    /** The mandate could not be renewed. */
    record LostMandate(Term term) implements StopCause {}

    /** An operator's wish. */
    record Demoted(long operation) implements StopCause {}

    /** The start did not succeed. */
    record StartFailed(Term term, Optional<Long> operation, String evidence) implements StopCause {}

    /**
     * A switchover after the service began to stop.
     *
     * @param stoppedAt when the service had stopped; empty: it is still stopping
     */
    record HandingOver(
        long operation,
        NodeName target,
        boolean sync,
        Optional<Moment> stoppedAt,
        Moment mandateUntil)
        implements StopCause {}
  }

  /** Votes, and does nothing else. */
  record Witnessing() implements Situation {
    @Override
    public Role role() {
      return Role.WITNESS;
    }
  }

  /** Not in a cluster. */
  record Detached() implements Situation {
    @Override
    public Role role() {
      return Role.DETACHED;
    }
  }
}
