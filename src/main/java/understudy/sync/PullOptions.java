package understudy.sync;

import java.time.Duration;
import understudy.sync.plan.Brake;

/**
 * How a pull goes about its work.
 *
 * @param isForced go on although the brake says stop, or the source's marker is missing
 * @param hasConsent the operator agreed that what this node holds of its own is replaced; it is
 *     kept in the undo area
 * @param undoFor how long overwritten and deleted content is kept
 */
public record PullOptions(boolean isForced, boolean hasConsent, Duration undoFor, Brake brake) {
  public static final PullOptions USUAL =
      new PullOptions(false, false, Duration.ofDays(7), Brake.USUAL);

  public PullOptions forced() {
    return new PullOptions(true, hasConsent, undoFor, brake);
  }

  public PullOptions withConsent() {
    return new PullOptions(isForced, true, undoFor, brake);
  }

  public PullOptions keepingFor(Duration undo) {
    return new PullOptions(isForced, hasConsent, undo, brake);
  }
}
