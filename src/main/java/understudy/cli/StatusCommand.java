package understudy.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import understudy.api.Views;

@Command(name = "status", description = "Who serves, how well protected, how far behind.")
final class StatusCommand implements Callable<Integer> {
  private final Invocation invocation;

  StatusCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public Integer call() throws Failure {
    Daemon.Told<Views.Status> told = invocation.daemon().status();
    invocation.answers().write(told.json(), () -> StatusText.of(told.view()));
    return ExitCode.DONE.number();
  }
}
