package understudy.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import understudy.api.Action.Kind;

@Command(
    name = "switchover",
    description = "Swap the roles, peer alive: clients held, final sync, nothing lost.")
final class SwitchoverCommand implements Callable<Integer> {
  private final Invocation invocation;

  @Option(names = "--no-sync", description = "Without the final sync: what is behind is lost.")
  private boolean noSync;

  @Option(
      names = "--even-if-peer-unreachable",
      description = "Go on although the peer cannot be contacted.")
  private boolean evenIfPeerUnreachable;

  @Option(
      names = "--to",
      paramLabel = "NODE",
      description = "The node that is to take over (default: one that can).")
  private @Nullable String target;

  SwitchoverCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public Integer call() throws Failure {
    ActionDraft draft =
        new ActionDraft(Kind.SWITCHOVER)
            .withoutSync(noSync)
            .target(target)
            .evenIfPeerUnreachable(evenIfPeerUnreachable);
    return new Act(invocation).perform(invocation.daemon(), draft);
  }
}
