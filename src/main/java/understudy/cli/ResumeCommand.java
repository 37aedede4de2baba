package understudy.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import understudy.api.Action.Kind;

@Command(name = "resume", description = "Let automation act again.")
final class ResumeCommand implements Callable<Integer> {
  private final Invocation invocation;

  ResumeCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public Integer call() throws Failure {
    return new Act(invocation).perform(invocation.daemon(), new ActionDraft(Kind.RESUME));
  }
}
