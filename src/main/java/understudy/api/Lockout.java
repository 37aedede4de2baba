package understudy.api;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import understudy.time.Clock;
import understudy.time.Moment;

/**
 * Slows down guessing: after five failures for one name, or twenty from one address, within five
 * minutes, further tries are refused until five minutes passed without any. Remembers the 10,000
 * names and addresses seen last. Safe from any thread.
 */
final class Lockout {
  static final int FAILURES_PER_NAME = 5;
  static final int FAILURES_PER_ADDRESS = 20;
  static final Duration WINDOW = Duration.ofMinutes(5);
  private static final int MOST = 10_000;

  private final Clock clock;
  private final Map<String, Failures> byKey =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Failures> eldest) {
          return size() > MOST;
        }
      };

  Lockout(Clock clock) {
    this.clock = clock;
  }

  private record Failures(int count, Moment last) {}

  synchronized boolean isLocked(String name, String address) {
    return count("name " + name) >= FAILURES_PER_NAME
        || count("address " + address) >= FAILURES_PER_ADDRESS;
  }

  synchronized void failed(String name, String address) {
    add("name " + name);
    add("address " + address);
  }

  synchronized void succeeded(String name) {
    byKey.remove("name " + name);
  }

  private int count(String key) {
    Failures failures = byKey.get(key);
    if (failures == null || failures.last.until(clock.now()).compareTo(WINDOW) > 0) {
      byKey.remove(key);
      return 0;
    }
    return failures.count;
  }

  private void add(String key) {
    byKey.put(key, new Failures(count(key) + 1, clock.now()));
  }
}
