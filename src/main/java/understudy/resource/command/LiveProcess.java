package understudy.resource.command;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Whether a process lives; unlike {@link ProcessHandle}, one that waits for burial does not. */
final class LiveProcess {
  private LiveProcess() {}

  static boolean lives(long process) throws IOException {
    try {
      String stat = Files.readString(Path.of("/proc/" + process + "/stat"));
      char state = stat.charAt(stat.lastIndexOf(')') + 2);
      return state != 'Z' && state != 'X';
    } catch (NoSuchFileException gone) {
      return false;
    } catch (IOException ended) {
      // it ended between opening and reading
      if (!Files.exists(Path.of("/proc/" + process))) {
        return false;
      }
      throw ended;
    }
  }

  /** Its environment holds this entry: the number alone may have passed to another process. */
  static boolean isMarked(long process, String entry) throws IOException {
    Path environment = Path.of("/proc/" + process + "/environ");
    return Files.isReadable(environment)
        && ("\0" + Files.readString(environment, StandardCharsets.ISO_8859_1))
            .contains("\0" + entry + "\0");
  }
}
