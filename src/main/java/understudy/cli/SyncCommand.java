package understudy.cli;

import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import understudy.api.Action.Kind;
import understudy.api.Views;

@Command(name = "sync", description = "now: bring the standby up to date; history: past runs.")
final class SyncCommand implements Callable<Integer> {
  private static final int MOST_ROWS = 1000;

  /** What to do. */
  enum Wish {
    NOW,
    HISTORY;

    /** As users write it. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Invocation invocation;

  @Parameters(index = "0", paramLabel = "now|history", description = "What to do.")
  private Wish wish = Wish.NOW;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "DATASET",
      description = "Only this one (default: all).")
  private @Nullable String dataset;

  @Option(names = "--limit", paramLabel = "N", description = "Rows of history (default: 20).")
  private int limit = 20;

  SyncCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public Integer call() throws Failure {
    return switch (wish) {
      case NOW ->
          new Act(invocation)
              .perform(invocation.daemon(), new ActionDraft(Kind.SYNC).dataset(dataset));
      case HISTORY -> history();
    };
  }

  private int history() throws Failure {
    if (limit < 1 || limit > MOST_ROWS) {
      throw new Failure(
          ExitCode.USAGE, "--limit: " + limit + " is out of range", "write 1 to " + MOST_ROWS);
    }
    Daemon.Told<List<Views.Run>> told = invocation.daemon().runs(limit);
    invocation.answers().write(told.json(), () -> table(told.view()));
    return ExitCode.DONE.number();
  }

  private String table(List<Views.Run> runs) {
    Table table = new Table("START", "DATASET", "RESULT", "FILES", "BYTES", "SENT", "RATE", "NOTE");
    for (Views.Run run : runs) {
      if (dataset == null || dataset.equals(run.dataset())) {
        table.row(
            Words.time(run.start()),
            run.dataset(),
            run.result(),
            Long.toString(run.files()),
            Words.bytes(run.bytes()),
            Words.bytes(run.wireBytes()),
            rate(run.bytesPerSecond()),
            note(run.problems()));
      }
    }
    return table.toString();
  }

  private static String rate(@Nullable Double bytesPerSecond) {
    return bytesPerSecond == null ? "-" : Words.bytes(bytesPerSecond.longValue()) + "/s";
  }

  private static String note(List<String> problems) {
    return switch (problems.size()) {
      case 0 -> "";
      case 1 -> problems.getFirst();
      default -> problems.getFirst() + " (and " + (problems.size() - 1) + " more)";
    };
  }
}
