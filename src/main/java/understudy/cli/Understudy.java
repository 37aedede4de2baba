package understudy.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** The program without a verb: the status. */
@Command(
    name = "understudy",
    description = "Keeps a warm standby for any stateful service. Without a verb: status.",
    synopsisSubcommandLabel = "VERB")
final class Understudy implements Callable<Integer> {
  private final Invocation invocation;

  Understudy(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public Integer call() throws Failure {
    return new StatusCommand(invocation).call();
  }
}
