package understudy.failover;

import java.util.Optional;
import understudy.time.Moment;

/** Something that happened, with the moment at which the loop learnt of it. */
public sealed interface Input {

  Moment at();

  /** Time has passed. Comes more often than {@link Timing#drowsiness}. */
  record Tick(Moment at) implements Input {}

  /**
   * A peer spoke. The edge drops what was said before the latest that it handed on of this peer, on
   * whatever link it came, and what was meant for an earlier life of this daemon.
   */
  record Heard(Moment at, Heartbeat heartbeat) implements Input {}

  /**
   * Another life of a peer, restarted or on a copied machine, says that it may serve, and the life
   * that was heard last is not silent for long enough that another would be listened to.
   */
  record Glimpsed(Moment at, NodeName peer) implements Input {}

  /** A look at the network is finished. */
  record Probed(Moment at, View.Probe probe) implements Input {}

  /**
   * This node's data changed its worth. As the source of a switchover it must be measured anew
   * after the service has stopped: {@code freshAt} is when the measuring began.
   */
  record DataStands(Moment at, Standing standing) implements Input {}

  /** The resources of this machine are in order, or not. */
  record Fitness(Moment at, boolean fit) implements Input {}

  /** Nothing writes to the data any more; {@code trouble}: why it is not whole. */
  record DataSettled(Moment at, Term term, Standing standing, Optional<String> trouble)
      implements Input {}

  /** A sync that a switchover asked for has ended; {@code trouble}: why it failed. */
  record Synced(
      Moment at, long operation, Heartbeat.Stage stage, Standing standing, Optional<String> trouble)
      implements Input {}

  /** All resources run and are well; {@code term} as in the effect that asked for it. */
  record ResourcesStarted(Moment at, Term term) implements Input {}

  /** A resource did not start. */
  record StartFailed(Moment at, Term term, String evidence) implements Input {}

  /** No resource runs any more. Starts and stops are answered in the order of their effects. */
  record ResourcesStopped(Moment at) implements Input {}

  /** A resource could not be stopped for sure. */
  record StopFailed(Moment at, String evidence) implements Input {}

  /** The fence command has ended; {@code trouble}: why the peer may still run. */
  record PeerFenced(Moment at, NodeName peer, Optional<String> trouble) implements Input {}

  /**
   * The store said what is in the key, also when a write found something else there than expected.
   */
  record RegisterSeen(Moment at, Register register) implements Input {}

  /**
   * The store took a write; {@code register} is as written, with its new version.
   *
   * @param askedAt when the write was sent, on this node's clock: the mandate counts from then
   */
  record RegisterWritten(Moment at, Moment askedAt, Register register) implements Input {}

  /** The store did not answer; a write may or may not have been taken. */
  record RegisterFailed(Moment at, String evidence) implements Input {}

  /** An operator asks. */
  record Asked(Moment at, long operation, Request request) implements Input {}
}
