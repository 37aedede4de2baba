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

  /**
   * Counts a try as failed before it is checked, so that tries sent at once count too; false: it is
   * refused and not counted.
   */
  synchronized boolean begin(String name, String address) {
    if (count("name " + name) >= FAILURES_PER_NAME
        || count("address " + address) >= FAILURES_PER_ADDRESS) {
      return false;
    }
    add("name " + name, 1);
    add("address " + address, 1);
    return true;
  }

  /** The password was right: nothing is held against the name any more. */
  synchronized void succeeded(String name, String address) {
    byKey.remove("name " + name);
    add("address " + address, -1);
  }

  /** The try could not be checked: it is not counted. */
  synchronized void takeBack(String name, String address) {
    add("name " + name, -1);
    add("address " + address, -1);
  }

  private int count(String key) {
    Failures failures = byKey.get(key);
    if (failures == null || failures.last.until(clock.now()).compareTo(WINDOW) > 0) {
      byKey.remove(key);
      return 0;
    }
    return failures.count;
  }

  private void add(String key, int more) {
    int count = count(key) + more;
    if (count > 0) {
      byKey.put(key, new Failures(count, clock.now()));
    } else {
      byKey.remove(key);
    }
  }
}
