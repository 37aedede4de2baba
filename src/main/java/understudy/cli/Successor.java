package understudy.cli;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import understudy.api.PairViews;
import understudy.api.Views;

/** Takes a node out of the cluster for good, and lets another machine take its place. */
final class Successor {
  private final Invocation invocation;

  Successor(Invocation invocation) {
    this.invocation = invocation;
  }

  /** Revokes the node's identity first, then invites; the number is the exit code. */
  int of(boolean invites, @Nullable String name) throws Failure {
    if (name == null) {
      throw new Failure(ExitCode.USAGE, "name the node", "such as: understudy node replace beta");
    }
    Daemon daemon = invocation.daemon();
    Optional<Views.NodeRow> row =
        daemon.status().view().nodes().stream()
            .filter(node -> node.name().equals(name))
            .findFirst();
    Daemon.Told<PairViews.Leave> told = daemon.remove(name, invocation.options().isDryRun());
    if (!invites || invocation.options().isDryRun()) {
      invocation.answers().write(told.json(), () -> lines(told.view().steps()));
    } else {
      invocation.terminal().err().print(lines(told.view().steps()));
      Daemon.Told<PairViews.Invitation> invite = daemon.invite();
      invocation.answers().write(invite.json(), () -> invite.view().invite() + "\n");
      invocation
          .terminal()
          .err()
          .println(
              "On the new machine, before "
                  + invite.view().expires()
                  + ": understudy pair join INVITE --node "
                  + name
                  + " --designation "
                  + row.map(Views.NodeRow::designation).orElse("secondary")
                  + " --address HOST[:PORT], then start its daemon;\n"
                  + "it copies everything, verifies it, and understudy status here says 'in sync'.");
    }
    return told.view().state().equals("done with problems")
        ? ExitCode.FAILED.number()
        : ExitCode.DONE.number();
  }

  private static String lines(List<String> steps) {
    return String.join("\n", steps) + "\n";
  }
}
