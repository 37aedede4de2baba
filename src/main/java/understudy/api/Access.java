package understudy.api;

/** Who may call a route. Each level includes those before it. */
public enum Access {
  /** Anyone, also without sign-in. */
  OPEN,
  VIEWER,
  OPERATOR,
  ADMIN;

  boolean includes(Access other) {
    return compareTo(other) >= 0;
  }
}
