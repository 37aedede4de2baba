package understudy.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(name = "version", description = "The version of this program.")
final class VersionCommand implements Callable<Integer> {
  private final Invocation invocation;

  VersionCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public Integer call() {
    String version = invocation.version();
    String java = Runtime.version().toString();
    invocation
        .answers()
        .write(
            "{\"version\":\"%s\",\"java\":\"%s\"}".formatted(version, java),
            () -> "understudy " + version + "\n");
    return ExitCode.DONE.number();
  }
}
