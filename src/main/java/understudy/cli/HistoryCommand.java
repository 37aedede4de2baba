package understudy.cli;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import understudy.api.Views;

@Command(
    name = "history",
    description = "Every change, decision and non-decision with its evidence, newest first.")
final class HistoryCommand implements Callable<Integer> {
  private final Invocation invocation;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "How many rows, at most " + RowLimit.MOST + " (default: 20).")
  private int limit = 20;

  @Option(names = "--before", paramLabel = "ID", description = "Only rows before this one.")
  private @Nullable Long before;

  @Option(names = "--evidence", description = "Show the evidence below each row.")
  private boolean evidence;

  HistoryCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public Integer call() throws Failure {
    RowLimit.checked(limit);
    Daemon.Told<List<Views.HistoryRow>> told =
        invocation.daemon().history(Optional.ofNullable(before), limit);
    invocation
        .answers()
        .write(told.json(), () -> evidence ? withEvidence(told.view()) : table(told.view()));
    return ExitCode.DONE.number();
  }

  private static String table(List<Views.HistoryRow> rows) {
    Table table = new Table("ID", "TIME", "NODE", "TERM", "ROLE", "RULE", "WHAT");
    for (Views.HistoryRow row : rows) {
      table.row(
          Long.toString(row.id()),
          Words.time(row.at()),
          row.node(),
          Long.toString(row.term()),
          role(row),
          row.rule(),
          row.sentence());
    }
    return table.toString();
  }

  private static String withEvidence(List<Views.HistoryRow> rows) {
    StringBuilder text = new StringBuilder();
    for (Views.HistoryRow row : rows) {
      text.append(
          "%d  %s  %s  term %d  %s  %s%n  %s%n"
              .formatted(
                  row.id(),
                  Words.time(row.at()),
                  row.node(),
                  row.term(),
                  role(row),
                  row.rule(),
                  row.sentence()));
      row.evidence().forEach(fact -> text.append("    - ").append(fact).append('\n'));
    }
    return text.toString();
  }

  private static String role(Views.HistoryRow row) {
    return row.roleBefore().equals(row.roleAfter())
        ? row.roleAfter()
        : row.roleBefore() + " → " + row.roleAfter();
  }
}
