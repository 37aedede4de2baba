package understudy.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import understudy.api.Action.Kind;

@Command(name = "cancel", description = "Stop the running countdown or planned action.")
final class CancelCommand implements Callable<Integer> {
  private final Invocation invocation;

  CancelCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public Integer call() throws Failure {
    return new Act(invocation).perform(invocation.daemon(), new ActionDraft(Kind.CANCEL));
  }
}
