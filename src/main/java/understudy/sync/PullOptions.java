package understudy.sync;

import java.time.Duration;
import java.util.OptionalLong;
import understudy.sync.plan.Brake;

/**
 * How a pull goes about its work.
 *
 * @param isForced go on although the brake says stop, or the source's marker is missing
 * @param hasConsent the operator agreed that what this node holds of its own is replaced; it is
 *     kept in the undo area
 * @param keep how long overwritten and deleted content is kept
 */
public record PullOptions(boolean isForced, boolean hasConsent, Retention keep, Brake brake) {
  public static final PullOptions USUAL =
      new PullOptions(false, false, Retention.USUAL, Brake.USUAL);

  public PullOptions forced() {
    return new PullOptions(true, hasConsent, keep, brake);
  }

  public PullOptions withConsent() {
    return new PullOptions(isForced, true, keep, brake);
  }

  public PullOptions keepingFor(Duration age) {
    return keeping(new Retention(age, OptionalLong.empty()));
  }

  public PullOptions keeping(Retention retention) {
    return new PullOptions(isForced, hasConsent, retention, brake);
  }

  public PullOptions braking(Brake other) {
    return new PullOptions(isForced, hasConsent, keep, other);
  }
}
