package understudy.sync;

import java.io.IOException;
import java.util.Arrays;
import java.util.BitSet;
import understudy.linux.OpenFile;
import understudy.sync.plan.ContentHash;
import understudy.sync.plan.Hash;

/**
 * The three things done with a {@link FilePatch}: what it will overwrite is saved, it is carried
 * out, it is taken back. Each may be begun again after a crash at any point: what is read is never
 * what is written.
 */
final class InPlace {
  private static final long LARGEST_COPY_BYTES = 64 << 20;

  private InPlace() {}

  /** Copies the blocks that will be overwritten to the same places of an empty file. */
  static void save(FilePatch patch, OpenFile live, OpenFile saved) throws IOException {
    copy(live, saved, patch.replaced(), patch.blockBytes(), patch.oldBytes());
    saved.resize(patch.oldBytes());
  }

  /** Makes the file what it is to be; throws when it then does not hold what it should. */
  static void carryOut(FilePatch patch, OpenFile staged, OpenFile live) throws IOException {
    copy(staged, live, patch.fresh(), patch.blockBytes(), patch.freshBytes());
    live.resize(patch.freshBytes());
    byte[] buffer = new byte[patch.blockBytes()];
    byte[] hashes = patch.hashes().bytes();
    int at = 0;
    for (int block = patch.fresh().nextSetBit(0);
        block >= 0;
        block = patch.fresh().nextSetBit(block + 1)) {
      long start = (long) block * patch.blockBytes();
      int length = (int) Math.min(patch.blockBytes(), patch.freshBytes() - start);
      if (!BlockReading.isFilled(live, start, buffer, length)
          || !Arrays.equals(
              ContentHash.ofBlock(buffer, 0, length),
              Arrays.copyOfRange(hashes, at, at + Hash.BYTES))) {
        throw new IOException("block " + block + " of a file is not what was written there");
      }
      at += Hash.BYTES;
    }
  }

  /** Makes the file what it was. */
  static void takeBack(FilePatch patch, OpenFile saved, OpenFile live) throws IOException {
    copy(saved, live, patch.replaced(), patch.blockBytes(), patch.oldBytes());
    live.resize(patch.oldBytes());
  }

  private static void copy(OpenFile from, OpenFile to, BitSet blocks, int blockBytes, long end)
      throws IOException {
    for (int first = blocks.nextSetBit(0); first >= 0; ) {
      int next = blocks.nextClearBit(first);
      copyWithHoles(from, to, (long) first * blockBytes, Math.min((long) next * blockBytes, end));
      first = blocks.nextSetBit(next);
    }
  }

  /** What is a hole in the one becomes a hole in the other, whatever was there. */
  private static void copyWithHoles(OpenFile from, OpenFile to, long start, long end)
      throws IOException {
    long at = start;
    while (at < end) {
      long data = from.dataAfter(at);
      long holeEnd = data < 0 ? end : Math.min(data, end);
      if (holeEnd > at && !to.isPunched(at, holeEnd - at)) {
        copy(from, to, at, holeEnd); // as the zeros that it reads as
      }
      at = holeEnd;
      if (at < end) {
        long dataEnd = Math.min(from.holeAfter(at), end);
        copy(from, to, at, dataEnd);
        at = dataEnd;
      }
    }
  }

  /** Copies a range to the same place inside the kernel. */
  static void copy(OpenFile from, OpenFile to, long start, long end) throws IOException {
    from.seek(start);
    to.seek(start);
    long at = start;
    while (at < end) {
      long copied = from.copyTo(to, Math.min(end - at, LARGEST_COPY_BYTES));
      if (copied == 0) {
        throw new IOException("a file became shorter while it was copied");
      }
      to.startWriting(at, copied);
      at += copied;
    }
  }
}
