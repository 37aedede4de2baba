package understudy.sync;

import java.time.Duration;
import java.util.OptionalLong;
import understudy.sync.plan.Brake;

/**
 * How a pull goes about its work.
 *
 * @param isForced go on although the marker of the source or of this node is missing
 * @param hasConsent the operator agreed that what this node holds of its own is replaced; it is
 *     kept in the undo area
 * @param acceptsForeign go on although somebody else wrote to this standby; what they wrote is kept
 * @param gathers this node serves, and only takes up what the other one has besides: for merge mode
 * @param neverBack the source is a standby itself: where it is less far than this node, this node
 *     stays as it is
 * @param keep how long overwritten and deleted content is kept
 */
public record PullOptions(
    boolean isForced,
    boolean hasConsent,
    Retention keep,
    Brake brake,
    boolean acceptsForeign,
    boolean gathers,
    boolean neverBack) {
  public static final PullOptions USUAL =
      new PullOptions(false, false, Retention.USUAL, Brake.USUAL, false, false, false);

  /** Whatever speaks against it. */
  public PullOptions forced() {
    return new PullOptions(true, hasConsent, keep, Brake.NONE, true, gathers, neverBack);
  }

  /** Also without the marker. */
  public PullOptions unmarked() {
    return new PullOptions(true, hasConsent, keep, brake, acceptsForeign, gathers, neverBack);
  }

  /** Also when somebody else wrote to this standby. */
  public PullOptions overForeign() {
    return new PullOptions(isForced, hasConsent, keep, brake, true, gathers, neverBack);
  }

  public PullOptions withConsent() {
    return new PullOptions(isForced, true, keep, brake, acceptsForeign, gathers, neverBack);
  }

  public PullOptions keepingFor(Duration age) {
    return keeping(new Retention(age, OptionalLong.empty()));
  }

  public PullOptions keeping(Retention retention) {
    return new PullOptions(
        isForced, hasConsent, retention, brake, acceptsForeign, gathers, neverBack);
  }

  public PullOptions braking(Brake other) {
    return new PullOptions(isForced, hasConsent, keep, other, acceptsForeign, gathers, neverBack);
  }

  /** For a node that serves. */
  public PullOptions gathering() {
    return new PullOptions(isForced, hasConsent, keep, brake, acceptsForeign, true, neverBack);
  }

  /** From a standby, which may be less far than this node is. */
  public PullOptions neverGoingBack() {
    return new PullOptions(isForced, hasConsent, keep, brake, acceptsForeign, gathers, true);
  }
}
