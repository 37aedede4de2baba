package understudy.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import understudy.demo.lab.LabException;

/** What the bench does to trees besides syncing them, with the tools of the machine. */
final class SyncDisk {
  private static final Duration PATIENCE = Duration.ofMinutes(15);
  private static final Path CACHES = Path.of("/proc/sys/vm/drop_caches");

  private SyncDisk() {}

  private static void demand(String... command) throws LabException {
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
        throw new LabException(String.join(" ", command) + " did not end within " + PATIENCE);
      }
      if (process.exitValue() != 0) {
        throw new LabException(String.join(" ", command) + " ended with " + process.exitValue());
      }
    } catch (IOException failed) {
      throw new LabException("could not run " + command[0], failed);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new LabException("interrupted while " + command[0] + " ran", stopped);
    }
  }

  static void remove(Path tree) throws LabException {
    demand("rm", "-rf", "--one-file-system", tree.toString());
  }

  /** Fills an existing directory with further names of the same files. */
  static void link(Path tree, Path into) throws LabException {
    demand("cp", "-al", tree + "/.", into.toString());
  }

  static void flush() throws LabException {
    demand("sync");
  }

  /**
   * Writes everything out, and forgets it but for this tree: ext4 avoids inodes that were freed a
   * moment ago as long as it remembers them, and that makes whoever creates files next look slow.
   */
  static void settle(Path warm) throws LabException {
    flush();
    try {
      Files.writeString(CACHES, "3");
    } catch (IOException notAllowed) {
      throw new LabException("cannot write " + CACHES, notAllowed);
    }
    demand("tar", "-C", warm.toString(), "-cf", "/dev/zero", ".");
  }

  /** Compares names, content, owners, modes and times by another program. */
  static void demandEqual(Path source, Path target) throws LabException, DemoException {
    List<String> command =
        List.of(
            "bash",
            "-c",
            "[ -z \"$(rsync -acn --delete --itemize-changes --exclude=/.understudy \"$1/\""
                + " \"$2/\" | head -n 1)\" ]",
            "bash",
            source.toString(),
            target.toString());
    try {
      demand(command.toArray(String[]::new));
    } catch (LabException differs) {
      throw new DemoException("the copy is not what was copied: " + target, differs);
    }
  }
}
