package understudy.failover;

import java.util.List;
import java.util.Optional;
import understudy.time.Moment;

/**
 * Something to be done. Carried out in order, after the next state is on disk; doing one twice is
 * harmless.
 */
public sealed interface Effect {

  /** Say what this node is, on every link, now. */
  record Beat() implements Effect {}

  /**
   * Let what the mandate holds up (gate, addresses, guarded processes) live until then, and no
   * longer.
   */
  record Extend(Moment until, Gate gate) implements Effect {}

  /** Shut the gate and let nothing be extended. */
  record Fence() implements Effect {}

  /** Make the data whole and let nothing write to it but the service. */
  record SettleData(Term term) implements Effect {}

  /** Start what is to run in this term. */
  record StartResources(Term term) implements Effect {}

  /** Stop everything that runs, in reverse order. */
  record StopResources() implements Effect {}

  /** Copy the data of this node from now on; empty: of nobody. */
  record Follow(Optional<NodeName> source) implements Effect {}

  /** Copy now, for a switchover. */
  record Sync(long operation, Heartbeat.Stage stage, NodeName source) implements Effect {}

  /** Look at the network: connectivity tests and the service address. */
  record Probe() implements Effect {}

  /** Tell the neighbours again where the shared addresses are. */
  record Announce() implements Effect {}

  /** Ask the store what is in the key; answered by one input {@code Register…}. */
  record ReadRegister() implements Effect {}

  /**
   * Write the key if its version is still that of {@code wanted}; answered by one input {@code
   * Register…}.
   */
  record WriteRegister(Register wanted) implements Effect {}

  /** Say how an operation goes. */
  record Answer(long operation, Reply reply) implements Effect {}

  /** What the traffic gate lets through. */
  enum Gate {
    /** All. */
    OPEN,
    /** Established connections only. */
    HOLD,
    /** Nothing. */
    SHUT
  }

  /** How an operation goes. */
  sealed interface Reply {
    /** A step was taken; more to come. */
    record Underway(String step) implements Reply {}

    /** Finished as wished. */
    record Done(String what) implements Reply {}

    /**
     * A rule forbids it; nothing was changed. {@code override}: the option that goes against it.
     */
    record Refused(Rule rule, List<String> evidence, Optional<String> override) implements Reply {}

    /** Begun and not achieved; {@code what} says where things stand now. */
    record Failed(Rule rule, String what) implements Reply {}
  }
}
