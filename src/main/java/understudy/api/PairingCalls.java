package understudy.api;

import java.util.List;

/**
 * What the API asks about the relationship between nodes; answered by the daemon. Safe from any
 * thread.
 */
public interface PairingCalls {

  /** It cannot be done as things are. */
  final class NotPossible extends Exception {
    private static final long serialVersionUID = 1L;

    private final String fix;

    public NotPossible(String message, String fix, Throwable cause) {
      super(message, cause);
      this.fix = fix;
    }

    String fix() {
      return fix;
    }
  }

  /** Makes a one-time invite. Does not block. */
  PairViews.Invitation invite() throws NotPossible;

  /** Tries every address of every peer, both ways; blocks for some seconds at most. */
  List<PairViews.Reach> test();

  /**
   * Revokes another node's identity; blocks for some seconds at most.
   *
   * @param dryRun only say what that would mean
   */
  PairViews.Leave remove(String node, boolean dryRun) throws NotPossible;

  /**
   * Ends the relationship; blocks for some seconds at most while peers are told.
   *
   * @param dryRun only say what each side would become
   */
  PairViews.Leave leave(boolean dryRun) throws NotPossible;
}
