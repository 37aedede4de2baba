package understudy.sync;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import understudy.sync.plan.Blocks;
import understudy.sync.plan.Hash;

/**
 * What was read a moment ago: small contents, so that a file which changes all the time is sent as
 * it was captured and not read twice; and the blocks of large ones, so that a change is found
 * without hashing the rest again. Forgotten with the process. Safe for use by several threads.
 */
final class RecentContent {
  static final int LARGEST_BYTES = 256 << 10;
  private static final int MOST_BYTES = 2 << 20;

  private static final int MOST_BLOCK_BYTES = 24 << 20;

  private final Map<Hash, Blocks> blocks = new LinkedHashMap<>();
  private final Map<Long, Hash> inodes = new LinkedHashMap<>();
  private final Map<Hash, byte[]> contents = new LinkedHashMap<>();
  private int heldBytes;
  private long heldBlockBytes;

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

  /** Lets go of what a follower has got: the next capture keeps what it reads itself. */
  synchronized void forgetContents() {
    contents.clear();
    heldBytes = 0;
  }

  /** Remembers a large content's blocks, and that this file has it. */
  synchronized void keep(long inode, Hash content, Blocks known) {
    Blocks before = blocks.remove(content);
    heldBlockBytes += size(known) - (before == null ? 0 : size(before));
    blocks.put(content, known);
    inodes.remove(inode);
    inodes.put(inode, content);
    var oldest = blocks.entrySet().iterator();
    while (heldBlockBytes > MOST_BLOCK_BYTES && blocks.size() > 1) {
      heldBlockBytes -= size(oldest.next().getValue());
      oldest.remove();
    }
    inodes.values().retainAll(blocks.keySet());
  }

  private static long size(Blocks known) {
    return known.hashes().length() + known.checks().length() + 128L;
  }

  synchronized Optional<Blocks> blocks(Hash content) {
    return Optional.ofNullable(blocks.get(content));
  }

  /** The blocks that this file had when it was last read. */
  synchronized Optional<Blocks> blocksOf(long inode) {
    Hash content = inodes.get(inode);
    return content == null ? Optional.empty() : Optional.ofNullable(blocks.get(content));
  }
}
