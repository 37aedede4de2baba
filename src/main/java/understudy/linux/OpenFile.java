package understudy.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** An open regular file. Not for use by two threads at once; calls may block on the disk. */
public final class OpenFile implements AutoCloseable {
  /** The most bytes that one read or write moves. */
  public static final int CHUNK_BYTES = 128 << 10;

  private static final int SEEK_DATA = 3;
  private static final int SEEK_HOLE = 4;
  private static final int NO_SUCH_DATA = 6; // ENXIO
  private static final int PUNCH_HOLE = 3; // FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE
  private static final int WRITE = 2; // SYNC_FILE_RANGE_WRITE
  private static final long OMIT = 0x3ffffffe; // UTIME_OMIT
  private static final long FICLONE = 0x40049409;

  private static final ThreadLocal<MemorySegment> CHUNK =
      ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(CHUNK_BYTES, 64));

  private final int descriptor;
  private final byte[] name;
  private final Deeds deeds;
  private boolean closed;

  OpenFile(int descriptor, byte[] name, Deeds deeds) {
    this.descriptor = descriptor;
    this.name = name;
    this.deeds = deeds;
  }

  /** Reads at the current position; 0 at the end of the file. */
  public int read(byte[] into, int offset, int length) throws SystemCallException {
    MemorySegment chunk = CHUNK.get();
    long wanted = Math.min(length, CHUNK_BYTES);
    long got = Kernel.call(FileCall.READ, descriptor, chunk.address(), wanted);
    int read = (int) Kernel.checked(got, "read", name);
    MemorySegment.copy(chunk, ValueLayout.JAVA_BYTE, 0, into, offset, read);
    return read;
  }

  /** Writes everything at the current position. */
  public void write(byte[] from, int offset, int length) throws SystemCallException {
    MemorySegment chunk = CHUNK.get();
    int done = 0;
    while (done < length) {
      int part = Math.min(length - done, CHUNK_BYTES);
      MemorySegment.copy(from, offset + done, chunk, ValueLayout.JAVA_BYTE, 0, part);
      deeds.before("write", descriptor);
      long wrote = Kernel.call(FileCall.WRITE, descriptor, chunk.address(), part);
      done += (int) Kernel.checked(wrote, "write", name);
    }
  }

  /** Reads at {@code position}, leaving the file's own where it is; 0 at the end of the file. */
  public int readAt(long position, byte[] into, int offset, int length) throws SystemCallException {
    MemorySegment chunk = CHUNK.get();
    long wanted = Math.min(length, CHUNK_BYTES);
    long got = Kernel.call(FileCall.PREAD64, descriptor, chunk.address(), wanted, position, 0, 0);
    int read = (int) Kernel.checked(got, "read", name);
    MemorySegment.copy(chunk, ValueLayout.JAVA_BYTE, 0, into, offset, read);
    return read;
  }

  /** Writes everything at {@code position}, leaving the file's own where it is. */
  public void writeAt(long position, byte[] from, int offset, int length)
      throws SystemCallException {
    MemorySegment chunk = CHUNK.get();
    int done = 0;
    while (done < length) {
      int part = Math.min(length - done, CHUNK_BYTES);
      MemorySegment.copy(from, offset + done, chunk, ValueLayout.JAVA_BYTE, 0, part);
      deeds.before("write", descriptor);
      long wrote =
          Kernel.call(FileCall.PWRITE64, descriptor, chunk.address(), part, position + done, 0, 0);
      done += (int) Kernel.checked(wrote, "write", name);
    }
  }

  /** Moves the position to {@code offset} bytes from the start. */
  public void seek(long offset) throws SystemCallException {
    Kernel.checked(Kernel.call(FileCall.LSEEK, descriptor, offset, 0), "seek in", name);
  }

  /** Where data begins at or after that position; -1 when only a hole is left. */
  public long dataAfter(long position) throws SystemCallException {
    long found = Kernel.call(FileCall.LSEEK, descriptor, position, SEEK_DATA);
    return found == -NO_SUCH_DATA ? -1 : Kernel.checked(found, "seek data in", name);
  }

  /** Where a hole begins at or after that position; the end of the file counts as one. */
  public long holeAfter(long position) throws SystemCallException {
    long found = Kernel.call(FileCall.LSEEK, descriptor, position, SEEK_HOLE);
    return found == -NO_SUCH_DATA ? position : Kernel.checked(found, "seek a hole in", name);
  }

  /**
   * Gives back the space of this range, which reads as zeros from now on; false, and nothing done,
   * where the file system cannot.
   */
  public boolean isPunched(long position, long length) throws SystemCallException {
    deeds.before("punch", descriptor);
    long punched = Kernel.call(FileCall.FALLOCATE, descriptor, PUNCH_HOLE, position, length, 0, 0);
    return punched != -SystemCallException.NOT_SUPPORTED
        && Kernel.checked(punched, "punch a hole into", name) == 0;
  }

  /** Sets the length; what is added reads as zeros and takes no space. */
  public void resize(long sizeBytes) throws SystemCallException {
    deeds.before("resize", descriptor);
    Kernel.checked(Kernel.call(FileCall.FTRUNCATE, descriptor, sizeBytes, 0), "resize", name);
  }

  /**
   * Copies up to {@code length} bytes from this file's position to the other's inside the kernel,
   * sharing blocks where the file system can; answers how many, 0 at the end.
   */
  public long copyTo(OpenFile other, long length) throws SystemCallException {
    other.deeds.before("copy", other.descriptor);
    long copied =
        Kernel.call(FileCall.COPY_FILE_RANGE, descriptor, 0, other.descriptor, 0, length, 0);
    return Kernel.checked(copied, "copy", name);
  }

  /**
   * Makes this file have the other's content by sharing its blocks; false, and nothing done, where
   * the file system cannot.
   */
  public boolean isCloneOf(OpenFile other) {
    deeds.before("clone", descriptor);
    return Kernel.call(FileCall.IOCTL, descriptor, FICLONE, other.descriptor) == 0;
  }

  /** Has what was written in this range go to the disk, without waiting for it. */
  public void startWriting(long position, long length) throws SystemCallException {
    long started = Kernel.call(FileCall.SYNC_FILE_RANGE, descriptor, position, length, WRITE, 0, 0);
    Kernel.checked(started, "start to write", name);
  }

  /** Sets permission, set-id and sticky bits. */
  public void setMode(int mode) throws SystemCallException {
    deeds.before("set mode", descriptor);
    Kernel.checked(Kernel.call(FileCall.FCHMOD, descriptor, mode, 0), "set mode of", name);
  }

  /** Sets owner and group by number. */
  public void setOwner(int uid, int gid) throws SystemCallException {
    deeds.before("set owner", descriptor);
    long user = Integer.toUnsignedLong(uid);
    long group = Integer.toUnsignedLong(gid);
    Kernel.checked(Kernel.call(FileCall.FCHOWN, descriptor, user, group), "set owner of", name);
  }

  /** Sets the modification time and leaves the access time. */
  public void setModified(long seconds, int nanos) throws SystemCallException {
    deeds.before("set time", descriptor);
    MemorySegment times = Kernel.scratch().answer;
    times.set(ValueLayout.JAVA_LONG, 0, 0);
    times.set(ValueLayout.JAVA_LONG, 8, OMIT);
    times.set(ValueLayout.JAVA_LONG, 16, seconds);
    times.set(ValueLayout.JAVA_LONG, 24, nanos);
    long set = Kernel.call(FileCall.UTIMENSAT, descriptor, 0, times.address());
    Kernel.checked(set, "set time of", name);
  }

  /** Has extended attributes, an ACL among them. */
  public boolean hasAttributes() throws SystemCallException {
    long bytes = Kernel.call(FileCall.FLISTXATTR, descriptor, 0, 0);
    return bytes != -SystemCallException.NOT_SUPPORTED
        && Kernel.checked(bytes, "list attributes of", name) > 0;
  }

  /** Waits until content and metadata are on the disk. */
  public void sync() throws SystemCallException {
    deeds.before("sync file", descriptor);
    Kernel.checked(Kernel.call(FileCall.FSYNC, descriptor, 0, 0), "sync", name);
  }

  public FileStatus status() throws SystemCallException {
    return Directory.status(descriptor, new byte[0], name);
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      // the descriptor is gone whatever close answers; data errors were told by syncfs
      var _ = Kernel.call(FileCall.CLOSE, descriptor, 0, 0);
    }
  }
}
