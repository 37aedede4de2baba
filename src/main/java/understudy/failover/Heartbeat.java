package understudy.failover;

import java.time.Duration;
import java.util.Optional;

/**
 * What a node says about itself to the others, whole in every message: losing, repeating or
 * reordering some changes nothing.
 *
 * @param term the latest term that the sender knows
 * @param reign the latest term in which the sender held the mandate
 * @param served the latest reign in which the sender let clients in
 * @param ready the sender could serve: data complete, resources in order
 * @param willing the sender may take the role by itself; false after a demotion
 * @param asks {@code on-failure} or {@code max-loss} holds the sender back until a person decides:
 *     it is not to be waited for; false while it suspects a silent node
 * @param head names the content of its data; empty when it has none
 * @param lag age of its data as a standby; empty: unknown or it is the source
 * @param handover what the sender wants done in a switchover
 * @param progress how far the sender got with what it was asked to do
 * @param declined the term that the sender could not take up last: of two, who declined the later
 *     one goes behind
 * @param version release of the sender; only equal releases replicate and swap roles
 * @param votes what the sender says as a candidate and as a voter
 */
public record Heartbeat(
    NodeName from,
    Term term,
    Role role,
    Term reign,
    Term served,
    boolean ready,
    boolean willing,
    boolean asks,
    boolean paused,
    String head,
    Optional<Duration> lag,
    Optional<Handover> handover,
    Optional<Progress> progress,
    Optional<Term> declined,
    String version,
    Votes votes) {

  /** Of a member whose arbiter asks nobody, that served in its latest reign and asks no person. */
  public Heartbeat(
      NodeName from,
      Term term,
      Role role,
      Term reign,
      boolean ready,
      boolean willing,
      boolean paused,
      String head,
      Optional<Duration> lag,
      Optional<Handover> handover,
      Optional<Progress> progress,
      Optional<Term> declined,
      String version) {
    this(
        from,
        term,
        role,
        reign,
        reign,
        ready,
        willing,
        false,
        paused,
        head,
        lag,
        handover,
        progress,
        declined,
        version,
        Votes.NONE);
  }

  /** It let clients in in its reign, and was not heard to have stopped. */
  boolean mayHaveClients() {
    return mayServe() && served.equals(reign);
  }

  /** The sender holds a mandate or may still be giving it up: it must be assumed to serve. */
  public boolean mayServe() {
    return switch (role) {
      case STARTING, ACTIVE, STOPPING -> true;
      case STANDBY, FROZEN, DETACHED, WITNESS -> false;
    };
  }

  /**
   * A step of a switchover that the sender asks {@code to} to take.
   *
   * @param operation the operation that this belongs to
   * @param term the term that {@code to} shall claim; meaningful when released
   */
  public record Handover(long operation, NodeName to, Stage stage, Term term) {}

  /** How far a switchover has come. */
  public enum Stage {
    /** Clients are served; copy what is there. */
    PREPARE,
    /** The service has stopped; copy the rest. */
    FINAL,
    /** The mandate is released: take the term. */
    RELEASED
  }

  /**
   * The answer to a {@link Handover}: {@code head} is what the standby holds once the stage is
   * done.
   */
  public record Progress(long operation, Stage stage, boolean done, boolean failed, String head) {}
}
