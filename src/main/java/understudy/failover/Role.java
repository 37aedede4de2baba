package understudy.failover;

import java.util.Locale;

/** What a node is doing now. Every screen shows it beside the {@link Designation}. */
public enum Role {
  /** Serves nothing, follows the active node's data, ready to take over. */
  STANDBY,
  /** Holds the mandate and is starting its resources. */
  STARTING,
  /** Holds the mandate and serves. */
  ACTIVE,
  /** Stopping its resources. */
  STOPPING,
  /** Was active, lost the right to be, serves nothing. */
  FROZEN,
  /** Not in a cluster. */
  DETACHED,
  /** Serves nothing ever: it only votes. */
  WITNESS;

  /** The word users see: lower case. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
