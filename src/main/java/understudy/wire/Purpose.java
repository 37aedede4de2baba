package understudy.wire;

import java.util.Optional;

/** What a stream between two nodes is for; said in its first frame. */
public enum Purpose {
  /** Heartbeats on TLS, beside the datagrams. */
  HEARTBEAT(1),
  /** Bulk data. */
  SYNC(2),
  /** Short questions and orders between the daemons. */
  CALL(3),
  /** Tests and changes of the relationship itself. */
  PAIRING(4),
  /** Content that was kept, on its way back. */
  SALVAGE(5),
  /** Bulk data as a standby has verified it. */
  VERIFIED(6);

  private final int code;

  Purpose(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }

  static Optional<Purpose> of(int code) {
    for (Purpose purpose : values()) {
      if (purpose.code == code) {
        return Optional.of(purpose);
      }
    }
    return Optional.empty();
  }
}
