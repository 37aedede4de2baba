package understudy.failover;

import java.util.Locale;

/** Which node is preferred for serving: static, set by people, unlike the {@link Role}. */
public enum Designation {
  PRIMARY,
  SECONDARY,
  /** Disaster recovery: follows the secondary and is promoted by hand. */
  DR,
  /** Never serves and holds no data: it only votes. */
  WITNESS;

  /** The word users see: lower case. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
