package understudy.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import understudy.demo.lab.LabException;
import understudy.demo.lab.NumberedWriter;
import understudy.demo.lab.ProcessSignal;
import understudy.time.Moment;
import understudy.time.SystemClock;

/**
 * The processes that have a directory of the demo in their command line: a daemon, its guardians
 * and its service, also when the daemon that started them is gone.
 */
final class OwnProcesses {
  private static final Duration END_LIMIT = Duration.ofSeconds(10);
  private static final Duration RECHECK = Duration.ofMillis(5);
  private static final String JAVA =
      Path.of(System.getProperty("java.home"), "bin", "java").toString();

  private OwnProcesses() {}

  /** Ids of those that live now and are not this process. */
  static List<Long> of(Path directory) throws LabException {
    return of(directory, line -> true);
  }

  /** Ids of the service's own processes, without what guards them. */
  static List<Long> services(Path directory) throws LabException {
    String service = "\n" + NumberedWriter.class.getName() + "\n";
    return of(directory, line -> line.contains(service) && line.startsWith(JAVA + "\n"));
  }

  private static List<Long> of(Path directory, Predicate<String> wanted) throws LabException {
    List<Long> found = new ArrayList<>();
    String mark = directory + "/";
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path process : processes) {
        long id = Long.parseLong(process.getFileName().toString());
        String line = commandLine(process);
        if (id != ProcessHandle.current().pid() && line.contains(mark) && wanted.test(line)) {
          found.add(id);
        }
      }
    } catch (IOException unreadable) {
      throw new LabException("cannot list the processes of this machine", unreadable);
    }
    return found;
  }

  private static String commandLine(Path process) throws IOException {
    try {
      byte[] words = Files.readAllBytes(process.resolve("cmdline"));
      return new String(words, StandardCharsets.UTF_8).replace('\0', '\n') + "/";
    } catch (NoSuchFileException ended) {
      return "";
    } catch (IOException vanishing) {
      if (Files.exists(process)) {
        throw vanishing;
      }
      return "";
    }
  }

  /** Ends them all at once, as a power cut does; returns when none is left. */
  static void kill(Path directory) throws LabException {
    var clock = new SystemClock();
    Moment limit = clock.now().plus(END_LIMIT);
    for (List<Long> left = of(directory); !left.isEmpty(); left = of(directory)) {
      if (clock.now().isAfter(limit)) {
        throw new LabException("processes " + left + " of " + directory + " do not end");
      }
      ProcessSignal.KILL.send(left);
      LockSupport.parkNanos(RECHECK.toNanos());
    }
  }
}
