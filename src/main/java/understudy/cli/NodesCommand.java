package understudy.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import understudy.api.Views;

@Command(name = "nodes", description = "The nodes: contact, links, clocks and versions.")
final class NodesCommand implements Callable<Integer> {
  private final Invocation invocation;

  NodesCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public Integer call() throws Failure {
    Daemon.Told<Views.Status> told = invocation.daemon().status();
    invocation.answers().write(told.json(), () -> table(told.view()));
    return ExitCode.DONE.number();
  }

  private static String table(Views.Status status) {
    Table table =
        new Table(
            "NAME", "DESIGNATION", "ROLE", "TERM", "LAST-CONTACT", "LINKS", "CLOCK", "VERSION");
    for (Views.NodeRow node : status.nodes()) {
      boolean self = node.name().equals(status.node());
      table.row(
          node.name(),
          node.designation(),
          node.role(),
          Long.toString(node.term()),
          StatusText.contact(status, node),
          self && node.links() == null ? "-" : Words.orUnknown(node.links()),
          self ? "-" : clock(node.clockOffsetSeconds()),
          Words.orUnknown(node.version()));
    }
    return table.toString();
  }

  private static String clock(@Nullable Double offset) {
    return offset == null ? Words.UNKNOWN : (offset < 0 ? "" : "+") + Words.seconds(offset);
  }
}
