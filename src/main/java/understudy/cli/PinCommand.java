package understudy.cli;

import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import understudy.api.Action.Kind;

@Command(
    name = "pin",
    description =
        "The service of this node outlives a restart of its daemon; no node takes over meanwhile.")
final class PinCommand implements Callable<Integer> {
  private final Invocation invocation;

  @Option(
      names = "--for",
      paramLabel = "TIME",
      description = "Then the service ends unless the daemon is back (default: 10m; at most 4h).")
  private @Nullable Duration time;

  @Option(
      names = "--even-if-peer-unreachable",
      description = "A node that cannot be told not to take over is switched off for sure.")
  private boolean evenIfPeerUnreachable;

  PinCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public Integer call() throws Failure {
    if (time != null && time.toSeconds() < 1) {
      throw new Failure(ExitCode.USAGE, "--for: a pin lasts at least 1s", "write --for 10m");
    }
    ActionDraft draft =
        new ActionDraft(Kind.PIN).endingAfter(time).evenIfPeerUnreachable(evenIfPeerUnreachable);
    return new Act(invocation).perform(invocation.daemon(), draft);
  }
}
