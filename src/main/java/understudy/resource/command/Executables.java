package understudy.resource.command;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import understudy.resource.Readiness;
import understudy.resource.program.Program;

/** Whether a configured program can be run on this machine as the configured user. */
final class Executables {
  private static final Duration LOOK_WITHIN = Duration.ofSeconds(5);
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

  static Readiness userReadiness(String user) throws InterruptedException {
    String name = "user " + user;
    Program.Result known = Program.of("id", "-u", "--", user).run(LOOK_WITHIN);
    if (!known.isSuccess()) {
      return Readiness.fail(name, "no such user here", "adduser --system " + user);
    }
    Program.Result self = Program.of("id", "-u").run(LOOK_WITHIN);
    boolean isRoot =
        self instanceof Program.Result.Exited(int _, String id) && id.strip().equals("0");
    return isRoot
        ? Readiness.pass(name, "exists")
        : Readiness.fail(
            name, "only root may start a program as another user", "run the daemon as root");
  }
}
