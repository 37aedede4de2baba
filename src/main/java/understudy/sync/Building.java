package understudy.sync;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import understudy.linux.Directory;
import understudy.sync.plan.Hash;

/**
 * The name under which a restore is put together before it goes to its place. It says what is
 * restored: the same restore goes on with what is there, and nothing of another one gets into it.
 */
final class Building {
  private static final int DIGITS = 16;

  private final byte[] prefix;
  private final byte[] name;

  /**
   * @param prefix which names in that directory are of restores
   * @param what is restored, and to where
   */
  Building(String prefix, String what) {
    this.prefix = Reserved.ascii(prefix);
    this.name = Reserved.ascii(prefix + "-" + digest(what));
  }

  /** Put together in the directory in which it will be, beside what is not of restores. */
  static Building beside(String dataset, String target, String what) {
    return new Building(".understudy-restoring-" + digest(dataset + "\n" + target), what);
  }

  private static String digest(String text) {
    return Hash.over(text.getBytes(StandardCharsets.UTF_8)).toString().substring(0, DIGITS);
  }

  byte[] name() {
    return name;
  }

  /** What is left of other restores that did not come to their end. */
  void removeOthers(Directory parent) throws IOException {
    for (byte[] each : parent.names()) {
      if (isOfRestores(each) && !Arrays.equals(each, name)) {
        Reserved.removeAll(parent, each);
      }
    }
  }

  private boolean isOfRestores(byte[] entry) {
    return entry.length >= prefix.length
        && Arrays.equals(entry, 0, prefix.length, prefix, 0, prefix.length);
  }
}
