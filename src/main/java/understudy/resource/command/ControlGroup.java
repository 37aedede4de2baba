package understudy.resource.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A control group (version 2) of a service's own, below that of the daemon: no process leaves it,
 * and one write ends all that are in it.
 */
final class ControlGroup {
  private ControlGroup() {}

  /** Where the group of a service would be; empty when this process may not make one. */
  static Optional<Path> forService(String mark) {
    try {
      Optional<String> own =
          Files.readString(Path.of("/proc/self/cgroup"))
              .lines()
              .filter(line -> line.startsWith("0::/"))
              .map(line -> line.substring("0::/".length()))
              .findFirst();
      Optional<Path> root =
          Files.readString(Path.of("/proc/self/mountinfo"))
              .lines()
              .filter(line -> line.contains(" - cgroup2 "))
              .map(line -> Path.of(line.split(" ", 6)[4]))
              .findFirst();
      return own.flatMap(path -> root.map(it -> it.resolve(path)))
          .map(Path::normalize)
          .filter(Files::isWritable)
          .filter(group -> Files.isWritable(group.resolve("cgroup.procs")))
          .map(group -> group.resolve("understudy-" + mark));
    } catch (IOException unreadable) {
      return Optional.empty();
    }
  }
}
