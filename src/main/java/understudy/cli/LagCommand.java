package understudy.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import understudy.api.Views;

@Command(name = "lag", description = "What the standby does not have yet, by node and dataset.")
final class LagCommand implements Callable<Integer> {
  private final Invocation invocation;

  LagCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public Integer call() throws Failure {
    Daemon.Told<Views.Status> told = invocation.daemon().status();
    invocation.answers().write(told.json(), () -> text(told.view()));
    return ExitCode.DONE.number();
  }

  private static String text(Views.Status status) {
    Table nodes = new Table("NODE", "SYNC", "LAG");
    for (Views.NodeRow node : status.nodes()) {
      nodes.row(node.name(), StatusText.sync(status, node), StatusText.lag(node));
    }
    Table datasets = new Table("DATASET", "EVERY", "GENERATION", "FROM", "LAST-RUN", "LIMIT");
    for (Views.Dataset dataset : status.datasets()) {
      Views.Run last = dataset.lastRun();
      datasets.row(
          dataset.name(),
          dataset.every(),
          dataset.generation() == null ? "none" : dataset.generation(),
          Words.time(dataset.generationAt()),
          dataset.running() != null ? "running" : last == null ? "never" : last.result(),
          limit(dataset));
    }
    StringBuilder watches = new StringBuilder();
    for (Views.Dataset dataset : status.datasets()) {
      if (dataset.watch() != null) {
        watches.append(dataset.name()).append(": ").append(dataset.watch()).append('\n');
      }
    }
    return status.datasets().isEmpty()
        ? nodes.toString()
        : nodes + "\n" + datasets + (watches.isEmpty() ? "" : "\n" + watches);
  }

  private static String limit(Views.Dataset dataset) {
    if (dataset.limitSetBy() == null) {
      return "-";
    }
    String rate =
        dataset.limitBytesPerSecond() == null
            ? "off"
            : Words.bytes(dataset.limitBytesPerSecond()) + "/s";
    return dataset.limitSetBy().equals("hand") ? rate + " by hand" : rate;
  }
}
