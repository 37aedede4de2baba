package understudy.resource.command;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import understudy.resource.Readiness;

/** Whether a configured program can be run on this machine. */
final class Executables {
  static final List<String> SEARCH_PATH =
      List.of("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin");

  private Executables() {}

  static Readiness readiness(String program, Optional<Path> directory) {
    String name = "program " + program;
    if (directory.isPresent() && !Files.isDirectory(directory.get())) {
      return Readiness.fail(
          name, "the directory " + directory.get() + " is missing", "create it on this node");
    }
    Optional<Path> found = find(program, directory);
    return found
        .map(path -> Readiness.pass(name, path + " is executable"))
        .orElseGet(
            () ->
                Readiness.fail(
                    name, "there is no such program here", "install it on this node too"));
  }

  private static Optional<Path> find(String program, Optional<Path> directory) {
    Stream<Path> candidates =
        program.contains("/")
            ? Stream.of(directory.map(it -> it.resolve(program)).orElse(Path.of(program)))
            : SEARCH_PATH.stream().map(place -> Path.of(place, program));
    return candidates.filter(Files::isRegularFile).filter(Files::isExecutable).findFirst();
  }
}
