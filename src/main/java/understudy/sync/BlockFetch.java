package understudy.sync;

import java.io.IOException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import understudy.linux.Directory;
import understudy.linux.FileStatus;
import understudy.linux.OpenFile;
import understudy.linux.SystemCallException;
import understudy.sync.plan.Blocks;
import understudy.sync.plan.Bytes;
import understudy.sync.plan.ContentHash;
import understudy.sync.plan.Entry;
import understudy.sync.plan.Hash;
import understudy.sync.plan.TreePath;

/**
 * Brings a large file that has changed: copies what this node has (sharing blocks where the file
 * system can), asks for the blocks that differ, and writes them into the copy. The blocks it has
 * are known from their last reading as long as the file's local key is the same, else read again;
 * what is written is read back.
 */
final class BlockFetch {
  private static final long LARGEST_COPY_BYTES = 64 << 20;
  private static final int LIKELY = 4;

  private final Peer peer;
  private final Dataset dataset;
  private final Stage stage;
  private final Directory root;

  BlockFetch(Peer peer, Dataset dataset, Stage stage, Directory root) {
    this.peer = peer;
    this.dataset = dataset;
    this.stage = stage;
    this.root = root;
  }

  /** Large enough, and likely to have something in common. */
  static boolean isWorth(Entry.File old, Entry.File fresh) {
    return fresh.sizeBytes() >= BlockReading.WORTH_BYTES
        && old.sizeBytes() >= fresh.sizeBytes() / LIKELY
        && Blocks.count(fresh.sizeBytes()) <= Source.MOST_PREFIX_BYTES / Blocks.PREFIX_BYTES;
  }

  /** Empty when this node's own file is not what it was, or the source no longer has its own. */
  Optional<StageWriter.Landed> fetch(
      TreePath path, Entry.File old, Entry.File fresh, LongConsumer received) throws IOException {
    try (OpenFile base = root.read(path.bytes());
        StageWriter writer = new StageWriter(stage.place(), dataset.effects())) {
      FileStatus status = base.status();
      long common = Math.min(status.sizeBytes(), fresh.sizeBytes());
      if (status.type() != FileStatus.Type.FILE || common < BlockReading.WORTH_BYTES) {
        return Optional.empty();
      }
      Optional<Blocks> blocks = blocks(path, old, fresh, base, status);
      if (blocks.isEmpty()) {
        return Optional.empty();
      }
      peer.wantBlocks(path, blocks.get());
      Patch patch = new Patch(base, blocks.get(), fresh, received);
      StageWriter.Landed landed = writer.made(path, fresh, patch::isRight);
      patch.skip();
      if (landed != StageWriter.Landed.WRONG) {
        dataset.recent().keep(Long.MIN_VALUE, fresh.content(), patch.outcome());
      }
      return Optional.of(landed);
    } catch (SystemCallException absent) {
      if (absent.isMissing() || absent.isNotPermitted()) {
        return Optional.empty();
      }
      throw absent;
    }
  }

  private Optional<Blocks> blocks(
      TreePath path, Entry.File old, Entry.File fresh, OpenFile base, FileStatus status)
      throws IOException {
    boolean isSameSize = ContentHash.blockBytes(status.sizeBytes()) == blockBytes(fresh);
    Optional<Blocks> known = dataset.recent().blocks(old.content());
    if (isSameSize && known.isPresent() && isUntouched(path, old, status)) {
      return known;
    }
    return isSameSize
        ? BlockReading.read(base, status.sizeBytes(), Optional.empty(), new Scanning())
        : Optional.empty();
  }

  private static int blockBytes(Entry.File file) {
    return ContentHash.blockBytes(file.sizeBytes());
  }

  private boolean isUntouched(TreePath path, Entry.File old, FileStatus status) throws IOException {
    Optional<IndexedTree> parent = dataset.index().directory(path.parent());
    List<Entry> entries = parent.isPresent() ? parent.get().tree().entries() : List.of();
    for (int at = 0; at < entries.size(); at++) {
      if (entries.get(at).equals(old)) {
        LocalKey key = parent.get().keys().get(at);
        return key.isSettled() && key.isOf(status) && status.sizeBytes() == old.sizeBytes();
      }
    }
    return false;
  }

  /** One file while it is put together. */
  private final class Patch {
    private final OpenFile base;
    private final Blocks has;
    private final Entry.File fresh;
    private final LongConsumer received;
    private final BitSet touched = new BitSet();
    private final byte[] hashes;
    private final byte[] checks;
    private boolean isOver;

    Patch(OpenFile base, Blocks has, Entry.File fresh, LongConsumer received) {
      this.base = base;
      this.has = has;
      this.fresh = fresh;
      this.received = received;
      int count = Blocks.count(fresh.sizeBytes());
      this.hashes = Arrays.copyOf(has.hashes().bytes(), count * Hash.BYTES);
      this.checks = Arrays.copyOf(has.checks().bytes(), count * Blocks.CHECK_BYTES);
    }

    boolean isRight(OpenFile to) throws IOException {
      copy(to);
      to.resize(fresh.sizeBytes());
      Optional<Channel.Frame> frame = next();
      while (frame.isPresent()) {
        write(to, frame.get().payload().bytes());
        frame = next();
      }
      // a last block that grew, or lost its end, is another one
      int same = Math.min(has.count(), Blocks.count(fresh.sizeBytes()));
      Blocks shape = new Blocks(fresh.sizeBytes(), new Bytes(hashes), new Bytes(checks));
      if (same > 0 && has.lengthOf(same - 1) != shape.lengthOf(same - 1)) {
        touched.set(same - 1);
      }
      touched.set(same, Math.max(same, shape.count()));
      byte[] buffer = new byte[shape.blockBytes()];
      for (int block = touched.nextSetBit(0); block >= 0; block = touched.nextSetBit(block + 1)) {
        readBack(to, shape, block, buffer);
      }
      return outcome().content().equals(fresh.content());
    }

    Blocks outcome() {
      return new Blocks(fresh.sizeBytes(), new Bytes(hashes), new Bytes(checks));
    }

    /** Holes stay holes. */
    private void copy(OpenFile to) throws SystemCallException {
      long end = Math.min(has.sizeBytes(), fresh.sizeBytes());
      long at = base.dataAfter(0);
      while (at >= 0 && at < end) {
        long stop = Math.min(end, base.holeAfter(at));
        base.seek(at);
        to.seek(at);
        while (at < stop) {
          long copied = base.copyTo(to, Math.min(stop - at, LARGEST_COPY_BYTES));
          if (copied == 0) {
            return; // shorter by now: the hash will tell
          }
          to.startWriting(at, copied);
          at += copied;
        }
        at = base.dataAfter(stop);
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
        case HELLO, OFFER, REFUSED, WANT_TREES, TREE, WANT_FILES, PART, LAST_PART, WANT_BLOCKS ->
            throw new IOException("the source sent " + frame.kind() + " instead of blocks");
      };
    }

    private void write(OpenFile to, byte[] payload) throws IOException {
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
      to.writeAt(start, payload, Long.BYTES, length);
      int blockBytes = blockBytes(fresh);
      touched.set((int) (start / blockBytes), (int) ((start + length - 1) / blockBytes) + 1);
    }

    private void readBack(OpenFile to, Blocks shape, int block, byte[] buffer)
        throws SystemCallException {
      int length = shape.lengthOf(block);
      if (BlockReading.isFilled(to, (long) block * shape.blockBytes(), buffer, length)) {
        byte[] hash = ContentHash.ofBlock(buffer, 0, length);
        System.arraycopy(hash, 0, hashes, block * Hash.BYTES, Hash.BYTES);
        byte[] check = BlockReading.check(buffer, length);
        System.arraycopy(check, 0, checks, block * Blocks.CHECK_BYTES, Blocks.CHECK_BYTES);
      }
    }

    /** Takes what is still on its way. */
    void skip() throws IOException {
      while (!isOver) {
        next();
      }
    }
  }
}
