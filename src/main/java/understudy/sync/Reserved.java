package understudy.sync;

import java.io.IOException;
import java.util.List;
import understudy.linux.Directory;
import understudy.linux.FileStatus;
import understudy.linux.SystemCallException;
import understudy.sync.plan.Name;

/**
 * The one name at a dataset's root that belongs to this program and is never part of the dataset:
 * {@code .understudy}. It lies inside so that moves between it and the data stay on one file
 * system, and its absence tells that the data's file system is not mounted. In it: {@code marker},
 * {@code stage} and {@code undo}.
 */
final class Reserved {
  static final Name AREA = Name.ascii(".understudy");
  static final byte[] MARKER = ascii("marker");
  static final byte[] STAGE = ascii("stage");
  static final byte[] UNDO = ascii("undo");
  private static final int OWNER_ONLY = 0700;

  private Reserved() {}

  static byte[] ascii(String text) {
    return Name.ascii(text).bytes();
  }

  static byte[] utf8(String text) {
    return Name.of(text.getBytes(java.nio.charset.StandardCharsets.UTF_8)).bytes();
  }

  /** Opens a directory of that name, made first when it is missing. */
  static Directory ensure(Directory parent, byte[] name) throws SystemCallException {
    if (parent.find(name).isEmpty()) {
      parent.createDirectory(name, OWNER_ONLY);
    }
    return parent.directory(name);
  }

  /** Removes an entry and all below it; nothing is followed out of it. */
  static void removeAll(Directory parent, byte[] name) throws IOException {
    var found = parent.find(name);
    if (found.isEmpty()) {
      return;
    }
    if (found.get().type() != FileStatus.Type.DIRECTORY) {
      parent.unlink(name);
      return;
    }
    Permissions.unlock(parent, name, found.get());
    try (Directory doomed = parent.directory(name)) {
      List<byte[]> names = doomed.names();
      for (byte[] each : names) {
        removeAll(doomed, each);
      }
    }
    parent.removeDirectory(name);
  }
}
