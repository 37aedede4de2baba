package understudy.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import understudy.api.Action.Kind;

@Command(name = "demote", description = "Stop serving here and become standby.")
final class DemoteCommand implements Callable<Integer> {
  private final Invocation invocation;

  @Option(
      names = "--even-if-peer-unreachable",
      description = "Although nobody may be there to serve instead.")
  private boolean evenIfPeerUnreachable;

  DemoteCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public Integer call() throws Failure {
    ActionDraft draft = new ActionDraft(Kind.DEMOTE).evenIfPeerUnreachable(evenIfPeerUnreachable);
    return new Act(invocation).perform(invocation.daemon(), draft);
  }
}
