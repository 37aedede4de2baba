package understudy.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import understudy.api.DataAction;
import understudy.api.DataViews;

@Command(
    name = "salvage",
    description = "list, diff, restore: what syncs overwrote or deleted, and past states of data.")
final class SalvageCommand implements Callable<Integer> {
  private static final Pattern ITEM = Pattern.compile("[a-z0-9.-]+:\\d+");
  private static final Duration RESTORED_WITHIN = Duration.ofHours(24);

  /** What to do. */
  enum Wish {
    LIST,
    DIFF,
    RESTORE;

    /** As users write it. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Invocation invocation;

  @Parameters(index = "0", paramLabel = "list|diff|restore", description = "What to do.")
  private Wish wish = Wish.LIST;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "ITEM|PATH",
      description = "An item of the list, such as beta:17, or a path in the dataset.")
  private @Nullable String what;

  @Option(
      names = "--dataset",
      paramLabel = "NAME",
      description = "In this dataset (default: all; for restore: the only one).")
  private @Nullable String dataset;

  @Option(
      names = "--at",
      paramLabel = "TIME",
      description =
          "As it was at this time in UTC: 2026-01-31T14:00:00Z, \"2026-01-31 14:00\", or how long"
              + " ago: 2h.")
  private @Nullable String at;

  @Option(
      names = "--from",
      paramLabel = "NODE",
      description = "restore --at: from the past of this node (default: the standby's).")
  private @Nullable String from;

  @Option(
      names = "--only-here",
      description = "list: only what its node alone had when it gave up its own line.")
  private boolean onlyHere;

  @Option(
      names = "--to",
      paramLabel = "PATH",
      description = "restore: to this absolute path (default: in place, on the active node).")
  private @Nullable String to;

  @Option(
      names = "--replace",
      description = "restore: move aside what is there; it is kept, not deleted.")
  private boolean replace;

  @Option(names = "--limit", paramLabel = "N", description = "At most so many rows (default: 100).")
  private int limit = 100;

  SalvageCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public Integer call() throws Failure {
    RowLimit.checked(limit);
    return switch (wish) {
      case LIST -> at == null ? kept() : past();
      case DIFF -> differences();
      case RESTORE -> restore();
    };
  }

  private boolean isItem() {
    return at == null && what != null && ITEM.matcher(what).matches();
  }

  private @Nullable Instant time() throws Failure {
    return at == null ? null : Times.parse(at, invocation.now());
  }

  private DataQuery query() throws Failure {
    return new DataQuery()
        .add("dataset", dataset)
        .add("at", time())
        .add(isItem() ? "item" : "path", what)
        .add("onlyHere", onlyHere ? "true" : null)
        .add("limit", limit);
  }

  private int kept() throws Failure {
    Daemon.Told<DataViews.Answer> told = invocation.daemon().data("/salvage", query());
    invocation.answers().write(told.json(), () -> kept(told.view().kept()));
    return silent(told.view());
  }

  private static String kept(List<DataViews.Kept> rows) {
    if (rows.isEmpty()) {
      return "nothing is kept\n";
    }
    Table table = new Table("ITEM", "TAKEN", "DATASET", "KIND", "FILES", "SIZE", "PATH", "NOTE");
    for (DataViews.Kept row : rows) {
      table.row(
          row.item(),
          Words.time(row.takenAt()),
          row.dataset(),
          row.kind(),
          Long.toString(row.entries()),
          Words.bytes(row.bytes()),
          row.path(),
          row.onlyHere() ? "only " + row.node() + " had it" : "");
    }
    return table.toString();
  }

  private int past() throws Failure {
    Daemon.Told<DataViews.Answer> told = invocation.daemon().data("/salvage/past", query());
    invocation.answers().write(told.json(), () -> past(told.view().past()));
    return silent(told.view());
  }

  private static String past(List<DataViews.Past> rows) {
    if (rows.isEmpty()) {
      return "nothing was there then\n";
    }
    Table table = new Table("NODE", "DATASET", "KIND", "SIZE", "MODIFIED", "PATH", "NOTE");
    for (DataViews.Past row : rows) {
      table.row(
          row.node(),
          row.dataset(),
          row.kind(),
          row.kind().equals("file") ? Words.bytes(row.bytes()) : "-",
          Words.time(row.modifiedAt()),
          row.path(),
          row.kept() ? "kept" : "");
    }
    return table.toString();
  }

  private int differences() throws Failure {
    requireWhat();
    Daemon.Told<DataViews.Answer> told = invocation.daemon().data("/salvage/diff", query());
    invocation.answers().write(told.json(), () -> differences(told.view().differences()));
    return silent(told.view());
  }

  private static String differences(List<DataViews.Difference> rows) {
    if (rows.isEmpty()) {
      return "no difference\n";
    }
    Table table = new Table("NODE", "DATASET", "WHAT", "THEN", "NOW", "PATH");
    for (DataViews.Difference row : rows) {
      table.row(
          row.node(), row.dataset(), row.what(), side(row.then()), side(row.now()), row.path());
    }
    return table.toString();
  }

  private static String side(DataViews.@Nullable Side side) {
    if (side == null) {
      return "-";
    }
    String size = side.kind().equals("file") ? Words.bytes(side.bytes()) : side.kind();
    return size + " " + side.mode() + " " + Words.time(side.modifiedAt());
  }

  private void requireWhat() throws Failure {
    if (what == null) {
      throw new Failure(
          ExitCode.USAGE,
          "say what: an item of understudy salvage list, or a path and --at TIME",
          "for example: understudy salvage restore beta:17");
    }
  }

  private int restore() throws Failure {
    requireWhat();
    if (!isItem() && at == null) {
      throw new Failure(
          ExitCode.USAGE,
          "a path alone does not say of when",
          "add --at TIME, or name an item of: understudy salvage list " + what);
    }
    DataAction action =
        new DataAction(
            DataAction.Kind.RESTORE,
            dataset,
            isItem() ? what : from,
            isItem() ? null : what,
            time(),
            to,
            replace ? true : null,
            null,
            null,
            null,
            null,
            invocation.options().reason().orElse(null),
            invocation.options().isDryRun() ? true : null);
    return new Act(invocation).perform("/salvage/restore", action, RESTORED_WITHIN);
  }

  private int silent(DataViews.Answer answer) {
    invocation.sayUnreachable(answer.unreachable(), "what it keeps is not in this list");
    return ExitCode.DONE.number();
  }
}
