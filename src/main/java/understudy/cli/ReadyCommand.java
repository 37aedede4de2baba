package understudy.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import understudy.api.Views;

@Command(
    name = "ready",
    description = "Could the standby take over now? Every check with its evidence and fix.")
final class ReadyCommand implements Callable<Integer> {
  private final Invocation invocation;

  ReadyCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public Integer call() throws Failure {
    Daemon.Told<Views.Readiness> told = invocation.daemon().readiness();
    invocation.answers().write(told.json(), () -> text(told.view()));
    boolean isReady = !told.view().verdict().equals("fail");
    return (isReady ? ExitCode.DONE : ExitCode.FAILED).number();
  }

  private static String text(Views.Readiness readiness) {
    StringBuilder text = new StringBuilder("readiness: " + readiness.verdict() + "\n\n");
    Table table = new Table("RESULT", "NODE", "GROUP", "CHECK", "AGE", "EVIDENCE");
    StringBuilder fixes = new StringBuilder();
    for (Views.Check check : readiness.checks()) {
      table.row(
          check.result() + (check.blocking() && check.result().equals("fail") ? " (blocks)" : ""),
          check.node(),
          check.group(),
          check.name(),
          Words.seconds(check.ageSeconds()),
          check.evidence());
      if (check.fix() != null) {
        fixes.append("  %s, %s: %s%n".formatted(check.node(), check.name(), check.fix()));
      }
    }
    text.append(table);
    return fixes.isEmpty() ? text.toString() : text + "\nTo do:\n" + fixes;
  }
}
