package understudy.sync;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import understudy.sync.plan.Hash;

/**
 * Small contents that were read a moment ago, so that a file which changes all the time is sent as
 * it was captured and not read twice. Safe for use by several threads.
 */
final class RecentContent {
  static final int LARGEST_BYTES = 256 << 10;
  private static final int MOST_BYTES = 8 << 20;

  private final Map<Hash, byte[]> contents = new LinkedHashMap<>();
  private int heldBytes;

  synchronized void keep(Hash content, byte[] bytes) {
    if (bytes.length <= LARGEST_BYTES && contents.putIfAbsent(content, bytes) == null) {
      heldBytes += bytes.length;
      var oldest = contents.entrySet().iterator();
      while (heldBytes > MOST_BYTES) {
        heldBytes -= oldest.next().getValue().length;
        oldest.remove();
      }
    }
  }

  synchronized Optional<byte[]> find(Hash content) {
    return Optional.ofNullable(contents.get(content));
  }
}
