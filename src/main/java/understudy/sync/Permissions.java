package understudy.sync;

import understudy.linux.Directory;
import understudy.linux.FileStatus;
import understudy.linux.SystemCallException;

/** Lets an owner who is not root change a directory that is read-only for everybody. */
final class Permissions {
  private static final int OWNER_ALL = 0700;

  private Permissions() {}

  /** Gives a directory's owner all rights; its final mode is set by the caller later. */
  static void unlock(Directory parent, byte[] name, FileStatus status) throws SystemCallException {
    if (status.type() == FileStatus.Type.DIRECTORY && (status.mode() & OWNER_ALL) != OWNER_ALL) {
      parent.setMode(name, status.mode() | OWNER_ALL);
    }
  }
}
