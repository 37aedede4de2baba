package understudy.sync;

import java.io.IOException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Optional;
import java.util.function.LongConsumer;
import understudy.linux.OpenFile;
import understudy.linux.SystemCallException;
import understudy.sync.plan.Blocks;
import understudy.sync.plan.Bytes;
import understudy.sync.plan.ContentHash;
import understudy.sync.plan.Entry;
import understudy.sync.plan.Hash;
import understudy.sync.plan.TreePath;

/**
 * One large file while it is put together from three places: blocks that a cut run has staged,
 * blocks of this node's own file, and blocks from the source. Those of the own file are not copied
 * before it is known how many they are. One use, by one thread.
 */
final class BlockWork {
  private final Peer peer;
  private final OpenFile to;
  private final Entry.File fresh;
  private final Optional<Blocks> base;
  private final LongConsumer received;
  private final int blockBytes;
  private final int count;
  private final BitSet staged = new BitSet();
  private final byte[] hashes;
  private final byte[] checks;
  private final byte[] buffer;
  private boolean isCloned;
  private boolean isResumed;
  private boolean isOver;

  /**
   * @param to the staged file, empty or as a cut run left it
   * @param base the own file's blocks, of the same block size
   */
  BlockWork(
      Peer peer, OpenFile to, Entry.File fresh, Optional<Blocks> base, LongConsumer received) {
    this.peer = peer;
    this.to = to;
    this.fresh = fresh;
    this.base = base;
    this.received = received;
    this.blockBytes = ContentHash.blockBytes(fresh.sizeBytes());
    this.count = Blocks.count(fresh.sizeBytes());
    this.buffer = new byte[blockBytes];
    this.hashes =
        Arrays.copyOf(
            base.map(one -> one.hashes().bytes()).orElse(new byte[0]), count * Hash.BYTES);
    boolean hasChecks = base.isEmpty() || base.get().checks().length() > 0;
    byte[] known = base.map(one -> one.checks().bytes()).orElse(new byte[0]);
    this.checks = Arrays.copyOf(known, hasChecks ? count * Blocks.CHECK_BYTES : 0);
  }

  /** The file system shares the own file's blocks: all of them are in the staged file already. */
  void haveCloned() throws SystemCallException {
    isCloned = true;
    to.resize(fresh.sizeBytes());
  }

  /** Blocks that a cut run left count as far as they are whole. */
  void takeStaged() throws SystemCallException {
    isResumed = true;
    long at = to.dataAfter(0);
    while (at >= 0 && at < fresh.sizeBytes()) {
      long end = Math.min(to.holeAfter(at), fresh.sizeBytes());
      for (int block = (int) ((at + blockBytes - 1) / blockBytes); block < count; block++) {
        if (start(block) + length(block) > end) {
          break;
        }
        read(block);
        staged.set(block);
      }
      at = to.dataAfter(end);
    }
  }

  private long start(int block) {
    return (long) block * blockBytes;
  }

  private int length(int block) {
    return (int) Math.min(blockBytes, fresh.sizeBytes() - start(block));
  }

  private boolean isOfBase(int block) {
    return base.isPresent()
        && block < base.get().count()
        && base.get().lengthOf(block) == length(block);
  }

  /** Notes what the staged file really holds there. */
  private void read(int block) throws SystemCallException {
    if (!BlockReading.isFilled(to, start(block), buffer, length(block))) {
      Arrays.fill(hashes, block * Hash.BYTES, (block + 1) * Hash.BYTES, (byte) 0);
      return; // shorter than it was a moment ago: the content's hash will tell
    }
    byte[] hash = ContentHash.ofBlock(buffer, 0, length(block));
    System.arraycopy(hash, 0, hashes, block * Hash.BYTES, Hash.BYTES);
    if (checks.length > 0) {
      byte[] check = BlockReading.check(buffer, length(block));
      System.arraycopy(check, 0, checks, block * Blocks.CHECK_BYTES, Blocks.CHECK_BYTES);
    }
  }

  /** Asks for what is in neither place, and takes it; answers whether the content is right. */
  boolean isRight(TreePath path) throws IOException {
    peer.wantBlocks(path, outcome());
    BitSet came = new BitSet();
    Optional<Channel.Frame> frame = next();
    while (frame.isPresent()) {
      write(frame.get().payload().bytes(), came);
      frame = next();
    }
    to.resize(fresh.sizeBytes());
    for (int block = came.nextSetBit(0); block >= 0; block = came.nextSetBit(block + 1)) {
      read(block);
    }
    staged.or(came);
    return outcome().content().equals(fresh.content()) && isCovered();
  }

  private boolean isCovered() {
    for (int block = staged.nextClearBit(0);
        block < count;
        block = staged.nextClearBit(block + 1)) {
      if (!isOfBase(block)) {
        return false;
      }
    }
    return true;
  }

  /** What is known of the blocks; those that nobody has yet are zeros. */
  Blocks outcome() {
    return new Blocks(fresh.sizeBytes(), new Bytes(hashes), new Bytes(checks));
  }

  /** The blocks that the staged file holds. */
  BitSet staged() {
    return staged;
  }

  /** The staged blocks' hashes. */
  Bytes stagedHashes() {
    byte[] chosen = new byte[staged.cardinality() * Hash.BYTES];
    int at = 0;
    for (int block = staged.nextSetBit(0); block >= 0; block = staged.nextSetBit(block + 1)) {
      System.arraycopy(hashes, block * Hash.BYTES, chosen, at, Hash.BYTES);
      at += Hash.BYTES;
    }
    return new Bytes(chosen);
  }

  /** Copies what else belongs into the file from the own one. Holes stay holes. */
  void fill(OpenFile own) throws IOException {
    if (!isCloned) {
      fill(own, to, staged, blockBytes, fresh.sizeBytes());
    }
  }

  /** As {@link #fill(OpenFile)}, where only these blocks are staged. */
  static void fill(OpenFile own, OpenFile to, BitSet staged, int blockBytes, long sizeBytes)
      throws IOException {
    int count = Blocks.count(sizeBytes);
    for (int first = staged.nextClearBit(0); first < count; first = staged.nextClearBit(first)) {
      int next = staged.nextSetBit(first);
      long stop = next < 0 ? sizeBytes : (long) next * blockBytes;
      long at = own.dataAfter((long) first * blockBytes);
      while (at >= 0 && at < stop) {
        long end = Math.min(stop, own.holeAfter(at));
        InPlace.copy(own, to, at, end);
        at = end < stop ? own.dataAfter(end) : stop;
      }
      first = next < 0 ? count : next;
    }
  }

  private Optional<Channel.Frame> next() throws IOException {
    Channel.Frame frame = peer.next();
    return switch (frame.kind()) {
      case BLOCK -> {
        received.accept(frame.payload().length());
        yield Optional.of(frame);
      }
      case LAST_BLOCK, UNAVAILABLE -> {
        isOver = true;
        yield Optional.empty();
      }
      case WORKING -> next();
      case HELLO,
          OFFER,
          REFUSED,
          WANT_TREES,
          TREE,
          WANT_FILES,
          PART,
          LAST_PART,
          WANT_BLOCKS,
          AWAIT,
          LOOK_AGAIN ->
          throw new IOException("the source sent " + frame.kind() + " instead of blocks");
    };
  }

  private void write(byte[] payload, BitSet came) throws IOException {
    if (payload.length <= Long.BYTES) {
      throw new IOException("the source sent a block without content");
    }
    long start = 0;
    for (int at = 0; at < Long.BYTES; at++) {
      start = start << 8 | (payload[at] & 0xff);
    }
    int length = payload.length - Long.BYTES;
    if (start < 0 || start > fresh.sizeBytes() - length) {
      throw new IOException("the source sent a block beyond the end of the file");
    }
    int first = (int) (start / blockBytes);
    int end = (int) ((start + length - 1) / blockBytes) + 1;
    boolean isInHole = !isCloned && !isResumed;
    boolean isHole = isZero(payload) && (isInHole || to.isPunched(start, length));
    if (!isHole) {
      to.writeAt(start, payload, Long.BYTES, length);
    }
    came.set(first, end);
  }

  private static boolean isZero(byte[] payload) {
    return payload[Long.BYTES] == 0
        && Arrays.equals(
            payload, Long.BYTES + 1, payload.length, payload, Long.BYTES, payload.length - 1);
  }

  /** Takes what is still on its way. */
  void skip() throws IOException {
    while (!isOver) {
      next();
    }
  }
}
