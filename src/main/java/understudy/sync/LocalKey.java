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
 */
record LocalKey(long ctimeSeconds, int ctimeNanos, long inode, boolean isSettled) {
  static final LocalKey NONE = new LocalKey(0, 0, 0, false);

  static LocalKey of(FileStatus status, boolean isSettled) {
    return new LocalKey(status.ctimeSeconds(), status.ctimeNanos(), status.inode(), isSettled);
  }

  boolean isOf(FileStatus status) {
    return ctimeSeconds == status.ctimeSeconds()
        && ctimeNanos == status.ctimeNanos()
        && inode == status.inode();
  }

  void write(ByteWriter writer) {
    writer.u64(ctimeSeconds).u32(ctimeNanos).u64(inode).u8(isSettled ? 1 : 0);
  }

  static LocalKey read(ByteReader reader) throws MalformedException {
    return new LocalKey(reader.u64(), reader.u32(), reader.u64(), reader.u8() == 1);
  }
}
