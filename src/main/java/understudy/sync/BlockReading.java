package understudy.sync;

import com.dynatrace.hash4j.hashing.HashValue128;
import com.dynatrace.hash4j.hashing.Hasher128;
import com.dynatrace.hash4j.hashing.Hashing;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import understudy.linux.OpenFile;
import understudy.linux.PromptStart;
import understudy.linux.SystemCallException;
import understudy.sync.plan.Blocks;
import understudy.sync.plan.Bytes;
import understudy.sync.plan.ContentHash;
import understudy.sync.plan.Hash;

/**
 * Hashes a large file block by block, on several threads when it is very large. Where an earlier
 * reading is remembered, SHA-256 is computed only for blocks whose quick check (XXH3, keyed by this
 * process, so that nobody can aim at it) is another.
 */
final class BlockReading {
  /** Smaller files are hashed in one go, and always sent whole. */
  static final long WORTH_BYTES = 1 << 20;

  private static final long WORTH_THREADS_BYTES = 32 << 20;
  private static final int MOST_THREADS = 4;
  private static final int STRIPE_BYTES = 4 << 20;
  private static final Hasher128 QUICK = Hashing.xxh3_128(new SecureRandom().nextLong());

  private final OpenFile file;
  private final long sizeBytes;
  private final Optional<Blocks> before;
  private final int blockBytes;
  private final byte[] hashes;
  private final byte[] checks;
  private final AtomicLong nextStripe = new AtomicLong();
  private final AtomicLong unreported = new AtomicLong();
  private volatile @Nullable SystemCallException failure;
  private volatile boolean isShort;
  private volatile boolean isStopped;

  private BlockReading(OpenFile file, long sizeBytes, Optional<Blocks> before) {
    this.file = file;
    this.sizeBytes = sizeBytes;
    this.blockBytes = ContentHash.blockBytes(sizeBytes);
    this.before = before.filter(one -> one.blockBytes() == blockBytes);
    this.hashes = new byte[Blocks.count(sizeBytes) * Hash.BYTES];
    this.checks = new byte[Blocks.count(sizeBytes) * Blocks.CHECK_BYTES];
  }

  /** The blocks of the file's first {@code sizeBytes}; empty when it is shorter by now. */
  static Optional<Blocks> read(
      OpenFile file, long sizeBytes, Optional<Blocks> before, Scanning scanning)
      throws IOException {
    return new BlockReading(file, sizeBytes, before).run(scanning);
  }

  private Optional<Blocks> run(Scanning scanning) throws IOException {
    List<Thread> others = new ArrayList<>();
    int count = Math.clamp(Runtime.getRuntime().availableProcessors(), 1, MOST_THREADS);
    for (int at = 1; at < count && sizeBytes >= WORTH_THREADS_BYTES; at++) {
      others.add(PromptStart.start(Thread.ofPlatform().daemon().name("hashes " + at), this::help));
    }
    try {
      byte[] buffer = new byte[blockBytes];
      while (isStripeRead(buffer)) {
        scanning.readBytes(unreported.getAndSet(0));
      }
    } catch (SystemCallException failed) {
      failure = failed;
    } finally {
      isStopped = true;
      others.forEach(BlockReading::await); // they finish the stripe that they are in
    }
    SystemCallException broken = failure;
    if (broken != null) {
      throw broken;
    }
    return isShort
        ? Optional.empty()
        : Optional.of(new Blocks(sizeBytes, new Bytes(hashes), new Bytes(checks)));
  }

  private static void await(Thread thread) {
    boolean wasInterrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException stopped) {
        wasInterrupted = true; // the file may be closed only when nobody reads it
      }
    }
    if (wasInterrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void help() {
    try {
      byte[] buffer = new byte[blockBytes];
      boolean isMore = true;
      while (isMore && !isStopped) {
        isMore = isStripeRead(buffer);
      }
    } catch (SystemCallException failed) {
      failure = failed;
    }
  }

  /** Reads and hashes the next stripe; false when there is none, or it is no use. */
  private boolean isStripeRead(byte[] buffer) throws SystemCallException {
    int blocksEach = Math.max(1, STRIPE_BYTES / blockBytes);
    long first = nextStripe.getAndIncrement() * blocksEach;
    long end = Math.min(first + blocksEach, Blocks.count(sizeBytes));
    if (first >= end || isShort || failure != null) {
      return false;
    }
    long dataUntil = 0;
    for (int block = (int) first; block < end; block++) {
      long start = (long) block * blockBytes;
      int length = (int) Math.min(blockBytes, sizeBytes - start);
      if (start >= dataUntil) {
        long data = file.dataAfter(start);
        if (length == blockBytes && isHole(start + length, data)) {
          keep(block, Zeros.of(blockBytes).check(), Zeros.of(blockBytes).hash());
          continue;
        }
        dataUntil = data < 0 ? 0 : file.holeAfter(data);
      }
      if (!isFilled(file, start, buffer, length)) {
        isShort = true;
        return false;
      }
      hash(block, buffer, length);
      unreported.addAndGet(length);
    }
    return true;
  }

  /** No data before that end; {@code data} is where the next lies, if any. */
  private boolean isHole(long end, long data) throws SystemCallException {
    return data < 0 ? file.status().sizeBytes() >= end : data >= end;
  }

  /** What a block of a hole has, computed once: a hole of a tebibyte costs no reading. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Zeros(int bytes, byte[] hash, byte[] check) {
    private static volatile Zeros last = made(1);

    private static Zeros made(int bytes) {
      byte[] zeros = new byte[bytes];
      return new Zeros(
          bytes, ContentHash.ofBlock(zeros, 0, bytes), BlockReading.check(zeros, bytes));
    }

    static Zeros of(int bytes) {
      Zeros known = last;
      if (known.bytes() != bytes) {
        known = made(bytes);
        last = known;
      }
      return known;
    }
  }

  /** Reads exactly that range; false when the file ends before. */
  static boolean isFilled(OpenFile file, long start, byte[] buffer, int length)
      throws SystemCallException {
    int done = 0;
    while (done < length) {
      int read = file.readAt(start + done, buffer, done, length - done);
      if (read == 0) {
        return false;
      }
      done += read;
    }
    return true;
  }

  private void hash(int block, byte[] bytes, int length) {
    byte[] check = check(bytes, length);
    if (before.isPresent() && before.get().isChecked(block, check)) {
      int at = block * Hash.BYTES;
      keep(block, check, Arrays.copyOfRange(before.get().hashes().bytes(), at, at + Hash.BYTES));
    } else {
      keep(block, check, ContentHash.ofBlock(bytes, 0, length));
    }
  }

  private void keep(int block, byte[] check, byte[] hash) {
    System.arraycopy(check, 0, checks, block * Blocks.CHECK_BYTES, Blocks.CHECK_BYTES);
    System.arraycopy(hash, 0, hashes, block * Hash.BYTES, Hash.BYTES);
  }

  /** The quick check of a block. */
  static byte[] check(byte[] bytes, int length) {
    HashValue128 value = QUICK.hashBytesTo128Bits(bytes, 0, length);
    return value.toByteArray();
  }
}
