package understudy.heartbeat;

import java.util.LinkedHashMap;
import java.util.Map;
import understudy.wire.HeartbeatBytes.Spoken;

/**
 * Tells new heartbeats of one peer from those that were overtaken: its paths are independent, so an
 * old one may come out of a healed path after newer ones came on another. Safe from any thread.
 */
final class Order {
  private static final int REMEMBERED_LIVES = 16;

  private final Map<Long, Long> latest =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Long> eldest) {
          return size() > REMEMBERED_LIVES;
        }
      };
  private long life;

  /** True for a heartbeat that says more than all before it. */
  synchronized boolean isNew(Spoken spoken) {
    Long seen = latest.get(spoken.life());
    boolean formerLife = seen != null && spoken.life() != life;
    if (formerLife || (seen != null && spoken.sequence() <= seen)) {
      return false;
    }
    life = spoken.life();
    latest.put(spoken.life(), spoken.sequence());
    return true;
  }
}
