package understudy.failover;

/** What a standby does when the active node has failed and nothing forbids taking over. */
public enum OnFailure {
  /** Takes over. */
  PROMOTE,
  /** Waits for a person to say yes. */
  ASK,
  /** Only notifies. */
  KEEP_STANDBY
}
