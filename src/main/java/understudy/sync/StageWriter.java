package understudy.sync;

import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import understudy.linux.Directory;
import understudy.linux.OpenFile;
import understudy.linux.SystemCallException;
import understudy.sync.plan.Blocks;
import understudy.sync.plan.Bytes;
import understudy.sync.plan.ContentHash;
import understudy.sync.plan.Entry;
import understudy.sync.plan.TreePath;

/**
 * Writes received files into the stage and reads back what it wrote: only what the disk gives back
 * counts. For one thread; several writers may work on one stage.
 */
final class StageWriter implements AutoCloseable {
  private static final int OWNER_ONLY = 0600;
  private static final int SMALLEST_HOLE_BYTES = 4096;

  /** So much of a large file is handed to the disk while the rest is still on its way. */
  private static final long WRITE_BEHIND_BYTES = 8 << 20;

  private final StagePlace place;
  private final RecentContent recent;
  private final Effects effects;
  private final byte[] buffer = new byte[OpenFile.CHUNK_BYTES];

  StageWriter(Directory place, RecentContent recent, Effects effects) {
    this.recent = recent;
    this.place = new StagePlace(place, effects);
    this.effects = effects;
  }

  /** Where a file's bytes come from, part after part; empty at the end. */
  interface Parts {
    Optional<byte[]> next() throws IOException;

    /** Nobody looks at that part any more. */
    default void done(byte[] part) {}

    /** All of it at once. */
    static Parts of(byte[] whole) {
      boolean[] isOver = new boolean[1];
      return () -> {
        boolean isFirst = !isOver[0];
        isOver[0] = true;
        return isFirst && whole.length > 0 ? Optional.of(whole) : Optional.empty();
      };
    }
  }

  /** What became of a file. */
  enum Landed {
    COMPLETE,

    /** The content is right, but this node cannot hold all that the file carries. */
    SHORT_OF_METADATA,

    /** Not the content that was offered: nothing is left of it. */
    WRONG
  }

  /** Writes, reads back, and gives it what it carries. Runs of zeros become holes. */
  Landed receive(TreePath path, Entry.File file, Parts parts) throws IOException {
    return made(path, file, to -> isWritten(to, file, parts));
  }

  /** Fills an empty file; answers whether what it holds then is right. */
  interface Making {
    boolean isRight(OpenFile to) throws IOException;
  }

  /** As {@link #receive}, where another hand writes; it answers whether the content is right. */
  Landed made(TreePath path, Entry.File file, Making making) throws IOException {
    byte[] name = path.name().bytes();
    Directory parent = place.parent(path);
    effects.before("stage file");
    try (OpenFile to = parent.create(name, OWNER_ONLY)) {
      if (making.isRight(to)) {
        boolean held = Dress.put(parent, name, to, file.carried());
        return held && Dress.fits(to.status(), file) ? Landed.COMPLETE : Landed.SHORT_OF_METADATA;
      }
    }
    parent.unlink(name);
    return Landed.WRONG;
  }

  private boolean isWritten(OpenFile to, Entry.File file, Parts parts) throws IOException {
    ContentHash hash = new ContentHash(file.sizeBytes());
    long written = 0;
    long handed = 0;
    boolean isHollow = false;
    Optional<byte[]> part = parts.next();
    while (part.isPresent()) {
      byte[] bytes = part.get();
      if (written + bytes.length > file.sizeBytes()) {
        parts.done(bytes);
        return false;
      }
      if (isZero(bytes)) {
        isHollow = true;
      } else {
        to.writeAt(written, bytes, 0, bytes.length);
        readBack(to, written, bytes.length, hash);
      }
      written += bytes.length;
      parts.done(bytes);
      if (written - handed >= WRITE_BEHIND_BYTES) {
        to.startWriting(handed, written - handed);
        handed = written;
      }
      part = parts.next();
    }
    if (written != file.sizeBytes()) {
      return false;
    }
    if (isHollow) { // hashed in one go once all zeros are in place
      to.resize(written);
      hash = new ContentHash(written);
      readBack(to, 0, written, hash);
    }
    if (!hash.finish().equals(file.content())) {
      return false;
    }
    if (written >= BlockReading.WORTH_BYTES) {
      Blocks blocks = new Blocks(written, new Bytes(hash.hashes()), new Bytes(new byte[0]));
      recent.keep(to.status().inode(), file.content(), blocks);
    }
    return true;
  }

  private void readBack(OpenFile from, long start, long length, ContentHash hash)
      throws SystemCallException {
    long done = 0;
    while (done < length) {
      int wanted = (int) Math.min(buffer.length, length - done);
      int read = from.readAt(start + done, buffer, 0, wanted);
      if (read == 0) {
        return; // shorter than written: the hash will tell
      }
      hash.update(buffer, 0, read);
      done += read;
    }
  }

  private static boolean isZero(byte[] bytes) {
    return bytes.length >= SMALLEST_HOLE_BYTES
        && bytes[0] == 0
        && Arrays.equals(bytes, 1, bytes.length, bytes, 0, bytes.length - 1);
  }

  @Override
  public void close() {
    place.close();
  }
}
