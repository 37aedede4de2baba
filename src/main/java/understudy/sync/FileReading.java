package understudy.sync;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import understudy.linux.Directory;
import understudy.linux.ExtendedAttributes;
import understudy.linux.FileStatus;
import understudy.linux.OpenFile;
import understudy.linux.SystemCallException;
import understudy.sync.plan.Attribute;
import understudy.sync.plan.Blocks;
import understudy.sync.plan.Bytes;
import understudy.sync.plan.ContentHash;
import understudy.sync.plan.Entry;
import understudy.sync.plan.Hash;
import understudy.sync.plan.Metadata;
import understudy.time.Clock;

/**
 * Reads one file so that what is hashed is one state of it: looked at before and after; what
 * changed meanwhile is read again. Where times are too coarse to tell (it changed a moment ago),
 * and where the file only grew, a second reading of the same length must give the same bytes.
 */
final class FileReading {
  /** Carries {@code chattr} flags: told to the follower, who reports them and sets none. */
  static final Bytes FLAGS = new Bytes("understudy.flags".getBytes(StandardCharsets.US_ASCII));

  /** How often a file that changes under the reader is tried. */
  static final int ATTEMPTS = 3;

  /** Coarser than any kernel's tick and than the step between its two clocks. */
  private static final long RACY_NANOS = 100_000_000;

  /** For file systems that count change times in whole or even seconds. */
  private static final long RACY_COARSE_NANOS = 2_100_000_000L;

  /** What was written longer ago is not about to change: there is no need to keep it in memory. */
  private static final long LIVELY_SECONDS = 60;

  private final Clock clock;
  private final RecentContent recent;
  private final Scanning scanning;
  private final byte[] buffer = new byte[OpenFile.CHUNK_BYTES];

  FileReading(Clock clock, RecentContent recent, Scanning scanning) {
    this.clock = clock;
    this.recent = recent;
    this.scanning = scanning;
  }

  /** What a reading gave. */
  sealed interface Outcome {
    /**
     * The content.
     *
     * @param status as it was when the content was this
     */
    record Read(FileStatus status, Hash content, boolean isSettled) implements Outcome {}

    record Withheld(Entry.Withheld.Reason reason) implements Outcome {}

    record Gone() implements Outcome {}
  }

  Outcome read(Directory directory, byte[] name) throws IOException {
    try (OpenFile file = directory.read(name)) {
      for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        Instant start = clock.wall();
        FileStatus before = file.status();
        if (before.type() != FileStatus.Type.FILE) {
          return new Outcome.Withheld(Entry.Withheld.Reason.CHANGING);
        }
        Optional<Hash> content = hash(file, before);
        FileStatus after = file.status();
        if (content.isEmpty()) {
          continue;
        }
        boolean isSame = isSame(before, after);
        if (isSame && isSettled(before, start)) {
          return new Outcome.Read(before, content.get(), true);
        }
        boolean mayBeWhole = isSame || after.sizeBytes() > before.sizeBytes();
        if (mayBeWhole && hash(file, before).equals(content)) {
          return new Outcome.Read(before, content.get(), false);
        }
      }
      return new Outcome.Withheld(Entry.Withheld.Reason.CHANGING);
    } catch (SystemCallException refused) {
      return refused.error() == SystemCallException.NO_ENTRY
          ? new Outcome.Gone()
          : new Outcome.Withheld(Entry.Withheld.Reason.UNREADABLE);
    }
  }

  private static boolean isSame(FileStatus before, FileStatus after) {
    return before.sizeBytes() == after.sizeBytes()
        && before.mtimeSeconds() == after.mtimeSeconds()
        && before.mtimeNanos() == after.mtimeNanos()
        && before.ctimeSeconds() == after.ctimeSeconds()
        && before.ctimeNanos() == after.ctimeNanos();
  }

  private static boolean isSettled(FileStatus status, Instant readFrom) {
    Instant changed = Instant.ofEpochSecond(status.ctimeSeconds(), status.ctimeNanos());
    long margin = status.ctimeNanos() == 0 ? RACY_COARSE_NANOS : RACY_NANOS;
    return changed.isBefore(readFrom.minusNanos(margin));
  }

  /** The hash of exactly the size that it had; empty when the file is shorter by now. */
  private Optional<Hash> hash(OpenFile file, FileStatus status) throws IOException {
    if (status.sizeBytes() < BlockReading.WORTH_BYTES) {
      boolean isKept =
          status.sizeBytes() <= RecentContent.LARGEST_BYTES
              && status.mtimeSeconds() > clock.wall().getEpochSecond() - LIVELY_SECONDS;
      return hash(file, status.sizeBytes(), isKept);
    }
    Optional<Blocks> before = recent.blocksOf(status.inode());
    Optional<Blocks> blocks = BlockReading.read(file, status.sizeBytes(), before, scanning);
    if (blocks.isEmpty()) {
      return Optional.empty();
    }
    Hash content = blocks.get().content();
    recent.keep(status.inode(), content, blocks.get());
    return Optional.of(content);
  }

  private Optional<Hash> hash(OpenFile file, long sizeBytes, boolean isKept) throws IOException {
    file.seek(0);
    ContentHash hash = new ContentHash(sizeBytes);
    byte[] whole = new byte[isKept ? (int) sizeBytes : 0];
    long done = 0;
    while (done < sizeBytes) {
      int read = file.read(buffer, 0, (int) Math.min(buffer.length, sizeBytes - done));
      if (read == 0) {
        return Optional.empty();
      }
      hash.update(buffer, 0, read);
      if (whole.length > 0) {
        System.arraycopy(buffer, 0, whole, (int) done, read);
      }
      done += read;
      scanning.readBytes(read);
    }
    Hash content = hash.finish();
    if (isKept) {
      recent.keep(content, whole);
    }
    return Optional.of(content);
  }

  /** What the entry carries besides its content; attributes sorted by name. */
  static Metadata metadata(FileStatus status, List<Attribute> attributes) {
    return new Metadata(
        status.mode(),
        status.uid(),
        status.gid(),
        status.mtimeSeconds(),
        status.mtimeNanos(),
        attributes);
  }

  /** As {@link #attributes(Directory, byte[])}, and the flags that no attribute tells of. */
  static List<Attribute> attributes(Directory directory, byte[] name, FileStatus status)
      throws SystemCallException {
    List<Attribute> attributes = attributes(directory, name);
    if (status.isImmutable() || status.isAppendOnly()) {
      String flags = (status.isImmutable() ? "i" : "") + (status.isAppendOnly() ? "a" : "");
      attributes.add(new Attribute(FLAGS, new Bytes(flags.getBytes(StandardCharsets.US_ASCII))));
      attributes.sort(null);
    }
    return attributes;
  }

  /** The attributes that belong to the data: not the labels of this machine's security policy. */
  static List<Attribute> attributes(Directory directory, byte[] name) throws SystemCallException {
    List<Attribute> attributes = new ArrayList<>();
    for (byte[] attribute : ExtendedAttributes.names(directory, name)) {
      if (isCarried(attribute)) {
        attributes.add(
            new Attribute(
                new Bytes(attribute),
                new Bytes(ExtendedAttributes.value(directory, name, attribute))));
      }
    }
    attributes.sort(null);
    return attributes;
  }

  private static boolean isCarried(byte[] attribute) {
    String name = new String(attribute, StandardCharsets.ISO_8859_1);
    return name.startsWith("user.")
        || name.startsWith("trusted.")
        || name.equals("system.posix_acl_access")
        || name.equals("system.posix_acl_default")
        || (name.startsWith("security.") && !isOfThisMachine(name));
  }

  /** Set by the machine's own policy on whatever is created there, and checked against it. */
  private static boolean isOfThisMachine(String name) {
    return name.equals("security.selinux")
        || name.startsWith("security.SMACK64")
        || name.equals("security.ima")
        || name.equals("security.evm");
  }
}
