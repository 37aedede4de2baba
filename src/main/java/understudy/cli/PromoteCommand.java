package understudy.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import understudy.api.Action.Kind;
import understudy.api.Views;

@Command(
    name = "promote",
    description =
        "Make this node active; --force overrides all but missing data, missing votes and being cut off, and says what that loses.")
final class PromoteCommand implements Callable<Integer> {
  private final Invocation invocation;

  @Option(
      names = "--force",
      description = {
        "Whatever else stands against it, if the data here is whole;",
        "asks for the node's name unless --yes is given."
      })
  private boolean force;

  PromoteCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public Integer call() throws Failure {
    Daemon daemon = invocation.daemon();
    if (force && !invocation.options().isDryRun()) {
      confirm(daemon.status().view());
    }
    return new Act(invocation).perform(daemon, new ActionDraft(Kind.PROMOTE).force(force));
  }

  private void confirm(Views.Status status) throws Failure {
    PrintStream err = invocation.terminal().err();
    err.println(consequences(status));
    if (invocation.options().isYes()) {
      return;
    }
    if (!invocation.terminal().isInteractive().getAsBoolean()) {
      throw new Failure(
          ExitCode.USAGE,
          "promote --force has to be confirmed and there is no terminal to ask",
          "add --yes");
    }
    err.print("Type the name of this node (" + status.node() + ") to go on: ");
    err.flush();
    if (!status.node().equals(answer())) {
      throw new Failure(ExitCode.FAILED, "not confirmed, nothing was changed", "");
    }
  }

  private @Nullable String answer() throws Failure {
    try {
      String line = invocation.terminal().in().readLine();
      return line == null ? null : line.strip();
    } catch (IOException broken) {
      throw new Failure(ExitCode.FAILED, "cannot read the answer", "", broken);
    }
  }

  /** What a forced promotion costs, as far as this node knows. */
  private static String consequences(Views.Status status) {
    String self = status.node();
    StringBuilder text = new StringBuilder();
    text.append(self).append(" becomes active now, whatever stands against it.\n");
    for (Views.NodeRow node : status.nodes()) {
      if (!node.name().equals(self) && !Boolean.FALSE.equals(node.serves())) {
        text.append("  ")
            .append(node.name())
            .append(node.serves() == null ? " may still be serving" : " is serving")
            .append(" (last contact: ")
            .append(Words.ago(node.lastContactSeconds()))
            .append("); if it is cut off only from here, both will serve until they meet.\n");
      }
    }
    return text.append("  ").append(loss(status, self)).toString();
  }

  private static String loss(Views.Status status, String self) {
    Optional<Views.NodeRow> row =
        status.nodes().stream().filter(node -> node.name().equals(self)).findFirst();
    if (row.isPresent() && row.get().sync().equals("source")) {
      return "No data is lost: " + self + " is the source.";
    }
    if (row.isEmpty() || row.get().lagSeconds() == null) {
      return "How much data " + self + " lacks is unknown.";
    }
    Long bytes = row.get().lagBytes();
    return "What was written in the last %s%s is not on %s and will be missing."
        .formatted(
            Words.seconds(row.get().lagSeconds()),
            bytes == null ? "" : " (" + Words.bytes(bytes) + ")",
            self);
  }
}
