package understudy.resource.gate;

import java.util.List;
import understudy.resource.Lapsing;
import understudy.resource.Outcome;
import understudy.resource.Readiness;

/**
 * What lets clients through to the protected addresses and ports, and shuts by itself when the
 * mandate is not renewed. All methods are safe from any thread.
 */
public sealed interface Gate extends Lapsing permits NftablesGate, AbsentGate, UnwantedGate {

  /** What passes. */
  enum State {
    /** Everything. */
    OPEN,
    /** Established connections go on, new ones get no answer. */
    HOLD,
    /** Nothing, except on the loopback interface. */
    SHUT
  }

  /**
   * Makes the gate exist; what an earlier daemon left open stays so until its mandate ends. Where
   * none is wanted any more, removes what stands. To be called at the start of the daemon and when
   * this gate takes the place of another; takes some tens of milliseconds.
   */
  Outcome ensure() throws InterruptedException;

  /**
   * Moves the gate, within a millisecond or so. {@link State#OPEN} and {@link State#HOLD} need a
   * valid mandate ({@link #extend}) and last as long as it; after it was renewed late the gate is
   * as it was before.
   */
  Outcome move(State state) throws InterruptedException;

  /** What passes now, as far as this process knows: {@link State#SHUT} without a valid mandate. */
  State state();

  /**
   * Looks whether the gate still stands, and raises it again if somebody removed it (reloading the
   * machine's firewall does). To be called every second or so, on every node. Takes microseconds
   * while all is well.
   */
  Outcome inspect() throws InterruptedException;

  List<Readiness> readiness() throws InterruptedException;

  /**
   * Closes what this process keeps open; the gate stays and lapses with the mandate. It is not
   * raised again after this.
   */
  void release();
}
