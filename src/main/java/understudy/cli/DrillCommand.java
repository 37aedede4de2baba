package understudy.cli;

import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import understudy.api.Action.Kind;
import understudy.api.Views;

@Command(
    name = "drill",
    description =
        "run: check everything, then move the role to the other node and back, and measure; list:"
            + " past drills.")
final class DrillCommand implements Callable<Integer> {
  /** What to do. */
  enum Wish {
    RUN,
    LIST;

    /** As users write it. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Invocation invocation;

  @Parameters(index = "0", paramLabel = "run|list", description = "What to do.")
  private Wish wish = Wish.LIST;

  @Option(names = "--steps", description = "list: show the steps below each drill.")
  private boolean steps;

  DrillCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public Integer call() throws Failure {
    return switch (wish) {
      case RUN -> new Act(invocation).perform(invocation.daemon(), new ActionDraft(Kind.DRILLS));
      case LIST -> list();
    };
  }

  private int list() throws Failure {
    Daemon.Told<List<Views.Drill>> told = invocation.daemon().drills();
    invocation
        .answers()
        .write(told.json(), () -> steps ? withSteps(told.view()) : table(told.view()));
    return ExitCode.DONE.number();
  }

  private static String table(List<Views.Drill> drills) {
    Table table = new Table("START", "ON", "RESULT", "NOBODY-SERVED", "LAST-STEP");
    for (Views.Drill drill : drills) {
      table.row(
          Words.time(drill.started()),
          drill.node(),
          drill.result(),
          drill.outageSeconds() == null ? "-" : Math.round(drill.outageSeconds() * 1000) + " ms",
          drill.steps().isEmpty() ? "" : drill.steps().getLast().name());
    }
    return table.toString();
  }

  private static String withSteps(List<Views.Drill> drills) {
    StringBuilder text = new StringBuilder();
    for (Views.Drill drill : drills) {
      text.append(Words.time(drill.started())).append("  ").append(drill.result()).append('\n');
      for (Views.DrillStep step : drill.steps()) {
        text.append(
            "  %-4s  %s (%s): %s%n"
                .formatted(
                    step.result(), step.name(), Words.seconds(step.seconds()), step.evidence()));
      }
    }
    return text.toString();
  }
}
