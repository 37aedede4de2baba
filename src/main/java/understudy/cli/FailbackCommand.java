package understudy.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import understudy.api.Action.Kind;

@Command(
    name = "failback",
    description = "Give the role back to the designated primary, synced first.")
final class FailbackCommand implements Callable<Integer> {
  private final Invocation invocation;

  FailbackCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public Integer call() throws Failure {
    return new Act(invocation).perform(invocation.daemon(), new ActionDraft(Kind.FAILBACK));
  }
}
