package understudy.sync;

import understudy.linux.FileStatus;
import understudy.sync.plan.ByteReader;
import understudy.sync.plan.ByteWriter;
import understudy.sync.plan.MalformedException;

/**
 * What says, on this node alone, whether a file must be read again. Change time cannot be set from
 * outside the kernel, so an edit that restores size and modification time is seen all the same.
 *
 * @param isSettled false when the file changed so close to its reading that a later change could
 *     carry the same times: it is read again next time
 * @param isShared the file had more names than one
 */
record LocalKey(
    long ctimeSeconds, int ctimeNanos, long inode, boolean isSettled, boolean isShared) {
  /** Encoded: ctime seconds (8), nanoseconds (4), inode (8), flags (1). */
  static final int BYTES = 21;

  static final int SETTLED = 1;
  static final int SHARED = 2;
  static final LocalKey NONE = new LocalKey(0, 0, 0, false, false);

  static LocalKey of(FileStatus status, boolean isSettled) {
    boolean isShared = status.type() == FileStatus.Type.FILE && status.links() > 1;
    return new LocalKey(
        status.ctimeSeconds(), status.ctimeNanos(), status.inode(), isSettled, isShared);
  }

  boolean isOf(FileStatus status) {
    return ctimeSeconds == status.ctimeSeconds()
        && ctimeNanos == status.ctimeNanos()
        && inode == status.inode();
  }

  void write(ByteWriter writer) {
    int flags = (isSettled ? SETTLED : 0) | (isShared ? SHARED : 0);
    writer.u64(ctimeSeconds).u32(ctimeNanos).u64(inode).u8(flags);
  }

  static LocalKey read(ByteReader reader) throws MalformedException {
    long seconds = reader.u64();
    int nanos = reader.u32();
    long inode = reader.u64();
    int flags = reader.u8();
    return new LocalKey(seconds, nanos, inode, (flags & SETTLED) != 0, (flags & SHARED) != 0);
  }
}
