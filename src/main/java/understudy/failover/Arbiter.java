package understudy.failover;

import java.util.List;
import java.util.Optional;
import understudy.time.Moment;

/**
 * Judges who may hold the mandate. Pure: works on evidence that the edges gathered. Never blocks.
 *
 * <h2>How to drive it</h2>
 *
 * A host of the core (daemon, witness, simulator) does nothing for votes but carry heartbeats:
 *
 * <ul>
 *   <li>A {@link Granting.Voted} arbiter rides on {@link Effect.Beat}: {@link Speech#of} puts bids
 *       and ballots into the heartbeat, {@link Input.Heard} brings those of others. Each heartbeat
 *       goes to all nodes and witnesses; those of one sender must be handed on in the order in
 *       which they were said, across its lives, and never to another life of the receiver.
 *   <li>A witness is a member whose {@link Policy} has the designation {@link Designation#WITNESS},
 *       all nodes as peers and the same arbiter; it runs the same {@link Failover#step}. Nodes do
 *       not have witnesses among their peers: they know them from the {@link Electorate} alone.
 *   <li>What a voter must remember is in {@link Durable#vote}, saved like the rest before any
 *       effect runs. A voter that starts with {@link Durable#FRESH} asks the others before it
 *       votes.
 *   <li>A {@link Granting.Stored} arbiter asks for {@link Effect.ReadRegister} and {@link
 *       Effect.WriteRegister}; each is answered by one of {@link Input.RegisterSeen}, {@link
 *       Input.RegisterWritten}, {@link Input.RegisterFailed}, or by nothing when it is lost.
 *   <li>Each life of a process has its own number: {@link State#booted}.
 * </ul>
 */
public interface Arbiter {

  /** What forbids this node to take over now, or to ask for it; empty: it may. */
  List<Block> blocks(Claim claim);

  /**
   * Until when the mandate of a holder lasts, as of {@code at}. Never later than {@code at} plus
   * the lease. An answer at or before {@code at} means that it cannot be renewed now; what was
   * proven before still lasts.
   */
  Moment mandateUntil(Policy policy, View view, Moment at);

  /** Where mandates come from. */
  default Granting granting() {
    return Granting.Proven.BY_ITSELF;
  }

  /**
   * What still lacks for this node to use the mandate of {@code term}; empty: it is granted. Asked
   * on every turn while this node seeks it.
   */
  default List<Block> lacking(Claim claim, Term term) {
    return List.of();
  }

  /** Where a mandate comes from. */
  sealed interface Granting {
    /** Nobody is asked: what this node sees of the world is the proof. */
    record Proven() implements Granting {
      static final Proven BY_ITSELF = new Proven();
    }

    /** Voters grant it. */
    record Voted(Electorate electorate) implements Granting {}

    /**
     * A key in a store.
     *
     * @param driftPermille by how much the rates of two machines' clocks may differ
     * @param failsafe while the store is down all nodes together may keep the holder serving;
     *     empty: it freezes
     */
    record Stored(int driftPermille, Optional<Electorate> failsafe) implements Granting {}
  }

  /**
   * A wish to take over.
   *
   * @param durable what this node remembers
   * @param view what this node knows
   * @param at now
   */
  record Claim(Policy policy, Durable durable, View view, Moment at) {

    /** Nobody is known to have held the mandate since, also not to the voters that are heard. */
    public boolean reignedLast() {
      return durable.reignedLast()
          && !view.election()
              .mayAnotherHaveReigned(durable, policy.self(), policy.timing().suspicion(), at);
    }
  }

  /** One reason that holds a takeover back, with what was seen. */
  record Block(Rule rule, String evidence) {}
}
