package understudy.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import understudy.api.Action.Kind;

@Command(
    name = "resolve",
    description = "End a conflict by evidence, or for the node that you name.")
final class ResolveCommand implements Callable<Integer> {
  private final Invocation invocation;

  @Option(names = "--survivor", paramLabel = "NODE", description = "The node that keeps the role.")
  private @Nullable String survivor;

  ResolveCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public Integer call() throws Failure {
    return new Act(invocation)
        .perform(invocation.daemon(), new ActionDraft(Kind.RESOLVE).survivor(survivor));
  }
}
