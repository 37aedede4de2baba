package understudy.api;

import java.util.List;

/**
 * What the API asks about the relationship between nodes; answered by the daemon. Safe from any
 * thread.
 */
public interface PairingCalls {

  /** Makes a one-time invite. Does not block. */
  PairViews.Invitation invite();

  /** Tries every address of every peer, both ways; blocks for some seconds at most. */
  List<PairViews.Reach> test();

  /**
   * Ends the relationship; blocks for some seconds at most while peers are told.
   *
   * @param dryRun only say what each side would become
   */
  PairViews.Leave leave(boolean dryRun);
}
