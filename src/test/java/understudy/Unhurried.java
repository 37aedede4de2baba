package understudy;

/** Times for tests of whole nodes that measure none: a machine busy with other work may stall. */
public final class Unhurried {
  /** For the cluster document, under {@code failover}: silence after 4 s, a lease of 5.2 s. */
  public static final String TIMES =
      "heartbeat: { interval: 200ms, failures: 20 }, primary-timeout: 8s";

  /** The whole section. */
  public static final String FAILOVER = "failover: { " + TIMES + " }\n";

  private Unhurried() {}
}
