package understudy.cli;

import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import understudy.api.Action.Kind;

@Command(name = "pause", description = "No automatic takeover until resumed; survives restarts.")
final class PauseCommand implements Callable<Integer> {
  private final Invocation invocation;

  @Option(names = "--for", paramLabel = "TIME", description = "Ends by itself, as in --for 2h.")
  private @Nullable Duration time;

  PauseCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public Integer call() throws Failure {
    if (time != null && time.toSeconds() < 1) {
      throw new Failure(ExitCode.USAGE, "--for: a pause lasts at least 1s", "write --for 30m");
    }
    return new Act(invocation)
        .perform(invocation.daemon(), new ActionDraft(Kind.PAUSE).endingAfter(time));
  }
}
