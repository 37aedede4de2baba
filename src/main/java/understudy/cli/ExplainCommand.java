package understudy.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import understudy.api.Views;

@Command(
    name = "explain",
    description = "Why something happened, or did not: from the histories of all nodes in touch.")
final class ExplainCommand implements Callable<Integer> {
  private final Invocation invocation;

  @Parameters(
      arity = "0..1",
      paramLabel = "EVENT",
      description =
          "now, an id of understudy history, NODE:ID of another node's, or a time such as 10:05"
              + " (the last one) or 2026-11-21T10:05:00Z, in UTC (default: now).")
  private String event = "now";

  ExplainCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public Integer call() throws Failure {
    Daemon.Told<Views.Explanation> told = invocation.daemon().explain(event);
    invocation.answers().write(told.json(), () -> text(told.view()));
    return ExitCode.DONE.number();
  }

  private static String text(Views.Explanation told) {
    StringBuilder text = new StringBuilder();
    told.answer().forEach(sentence -> text.append(sentence).append('\n'));
    if (told.next() != null) {
      text.append("to do: ").append(told.next()).append('\n');
    }
    text.append('\n');
    for (Views.HistoryRow row : told.rows()) {
      String role =
          row.roleBefore().equals(row.roleAfter())
              ? row.roleAfter()
              : row.roleBefore() + " → " + row.roleAfter();
      text.append(
          "%s  %s  term %d  %s  %s: %s%n"
              .formatted(row.at(), row.node(), row.term(), role, row.rule(), row.sentence()));
      row.evidence().forEach(fact -> text.append("    - ").append(fact).append('\n'));
    }
    text.append("read from: ").append(String.join(", ", told.sources())).append('\n');
    return text.toString();
  }
}
