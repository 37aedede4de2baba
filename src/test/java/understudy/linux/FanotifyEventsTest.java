package understudy.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;

/** One mark on the whole file system. */
final class FanotifyEventsTest extends TreeEventsContract {
  @Override
  TreeEvents watch(Directory root) throws SystemCallException {
    return FanotifyEvents.of(root);
  }

  @Test
  void whatWasTouchedIsToldByItsNameAndADirectoryItselfByNone() throws IOException {
    try (TreeEvents events = watch()) {
      Files.writeString(root.resolve("a/b/file"), "2");
      Files.move(root.resolve("a/second"), root.resolve("c/moved"));
      Files.createDirectory(root.resolve("c/new"));
      read(events);
      assertThat(named).containsExactly("a/b: file", "a: second", "c: moved", "c: new");
      named.clear();
      Files.setPosixFilePermissions(
          root.resolve("c"), PosixFilePermissions.fromString("rwx------"));
      read(events);
      assertThat(named).contains("c: ");
    }
  }
}
