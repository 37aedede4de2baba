package understudy.api;

import java.util.Optional;

/**
 * The cluster document as the API shows and changes it. Safe from any thread; a change blocks for
 * some seconds while the other nodes are asked.
 */
public interface DocumentCalls {

  Views.Document document();

  /**
   * Checks a document here and on every node in touch, then puts it in force on all of them.
   *
   * @param expected hash of the document that the caller has read; empty: whatever is there
   * @param by who asks, for the journal
   * @param dryRun only says what would change
   */
  Views.DocumentChange change(String text, Optional<String> expected, String by, boolean dryRun)
      throws Refused;

  /** A document that is not taken. Nothing was changed. */
  final class Refused extends Exception {
    private final Why why;
    private final String fix;

    /** Kinds of refusal. */
    public enum Why {
      /** Somebody else changed the document meanwhile. */
      CHANGED,
      /** It has mistakes, here or on another node. */
      INVALID,
      /** It is sound, but may not follow the one in force while the daemons run. */
      NOT_WHILE_RUNNING,
      /** It could not be written. */
      NOT_STORED
    }

    public Refused(Why why, String message, String fix) {
      super(message, null, false, false);
      this.why = why;
      this.fix = fix;
    }

    public Why why() {
      return why;
    }

    public String fix() {
      return fix;
    }
  }
}
