package understudy.pairing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** The directory of what a node remembers; for its owner only. */
final class StateDirectory {
  private StateDirectory() {}

  static void make(Path state) throws IOException {
    Files.createDirectories(
        state, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }
}
