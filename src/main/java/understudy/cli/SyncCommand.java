package understudy.cli;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import understudy.api.Action.Kind;
import understudy.api.DataAction;
import understudy.api.DataViews;
import understudy.api.Views;
import understudy.config.Sizes;

@Command(
    name = "sync",
    description =
        "now: bring the standby up to date; history: past runs; verify: prove that the nodes have"
            + " the same; answer: say yes or no to a sync that waits for a person; limit: how fast the"
            + " standbys receive, from now on.")
final class SyncCommand implements Callable<Integer> {
  /** What to do. */
  enum Wish {
    NOW,
    HISTORY,
    VERIFY,
    ANSWER,
    LIMIT;

    /** As users write it. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Invocation invocation;

  @Parameters(
      index = "0",
      paramLabel = "now|history|verify|answer|limit",
      description = "What to do.")
  private Wish wish = Wish.NOW;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "DATASET",
      description = "Only this one (default: all).")
  private @Nullable String dataset;

  @Parameters(
      index = "2",
      arity = "0..1",
      paramLabel = "RATE",
      description =
          "limit: bytes a second such as 20MiB, or off, or config (what the configuration says).")
  private @Nullable String speed;

  @Option(
      names = "--quick",
      description =
          "now: look only where the source's watcher was told of changes (default: everywhere).")
  private boolean quick;

  @Option(names = "--limit", paramLabel = "N", description = "Rows of history (default: 20).")
  private int limit = 20;

  @Option(names = "--read", description = "verify: read everything again, on every node.")
  private boolean read;

  @Option(
      names = "--repair",
      description = "verify --read: a standby fetches again what is damaged; what it had is kept.")
  private boolean repair;

  @Option(
      names = "--rate",
      paramLabel = "SIZE",
      description = "verify --read: at most so much a second (default: 50MiB).")
  private @Nullable String rate;

  @Option(
      names = "--accept",
      description = "answer: go on; what is replaced or deleted stays restorable.")
  private boolean accept;

  @Option(names = "--refuse", description = "answer: stay as it is, until a sync is asked for.")
  private boolean refuse;

  SyncCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public Integer call() throws Failure {
    return switch (wish) {
      case NOW -> now();
      case HISTORY -> history();
      case VERIFY -> verify();
      case ANSWER -> answer();
      case LIMIT -> limitSpeed();
    };
  }

  /** On a terminal a person wants to see it through. */
  private int now() throws Failure {
    ActionDraft draft = new ActionDraft(Kind.SYNC).dataset(dataset).quick(quick);
    boolean isWatched =
        invocation.options().patience().isEmpty()
            && !invocation.options().isDryRun()
            && invocation.terminal().isInteractive().getAsBoolean();
    return isWatched
        ? new Act(invocation).performToTheEnd(invocation.daemon(), draft)
        : new Act(invocation).perform(invocation.daemon(), draft);
  }

  private int verify() throws Failure {
    if (repair && !read) {
      throw new Failure(ExitCode.USAGE, "--repair needs to know what is damaged", "add --read");
    }
    return new Act(invocation)
        .perform(
            "/sync/verify",
            action(DataAction.Kind.VERIFY, null, read, repair, rate()),
            Duration.ofDays(7));
  }

  /** With one word behind it, that word is the rate and means all datasets. */
  private int limitSpeed() throws Failure {
    String wanted = speed == null ? dataset : speed;
    if (wanted == null) {
      throw new Failure(
          ExitCode.USAGE, "a rate is missing", "understudy sync limit [DATASET] 20MiB|off|config");
    }
    if (speed == null) {
      dataset = null;
    }
    return new Act(invocation)
        .perform(
            "/sync/limit",
            action(DataAction.Kind.LIMIT, null, false, false, bytesPerSecond(wanted)),
            Duration.ofMinutes(1));
  }

  /** Null: as the configuration says; 0: no limit. */
  private static @Nullable Long bytesPerSecond(String text) throws Failure {
    if (text.equals("config")) {
      return null;
    }
    if (text.equals("off")) {
      return 0L;
    }
    String size = text.endsWith("/s") ? text.substring(0, text.length() - 2) : text;
    try {
      long rate = Sizes.parse(size.matches("\\d+[KMGT]") ? size + "iB" : size);
      if (rate > 0) {
        return rate;
      }
    } catch (IllegalArgumentException wrong) {
      throw new Failure(
          ExitCode.USAGE, "'" + text + "' is no rate", "write 20MiB, off or config", wrong);
    }
    throw new Failure(ExitCode.USAGE, "a rate of nothing", "to stop: understudy pause; else: off");
  }

  private @Nullable Long rate() throws Failure {
    try {
      return rate == null ? null : Sizes.parse(rate);
    } catch (IllegalArgumentException wrong) {
      throw new Failure(ExitCode.USAGE, "--rate: " + wrong.getMessage(), "", wrong);
    }
  }

  private DataAction action(
      DataAction.Kind kind,
      @Nullable Boolean accepted,
      boolean isRead,
      boolean isRepair,
      @Nullable Long bytesPerSecond) {
    return new DataAction(
        kind,
        dataset,
        null,
        null,
        null,
        null,
        null,
        accepted,
        isRead ? true : null,
        isRepair ? true : null,
        bytesPerSecond,
        invocation.options().reason().orElse(null),
        invocation.options().isDryRun() ? true : null);
  }

  /** Without a word of consent it only says what is asked. */
  private int answer() throws Failure {
    if (accept && refuse) {
      throw new Failure(ExitCode.USAGE, "--accept and --refuse exclude each other", "choose one");
    }
    if (!accept && !refuse) {
      Daemon.Told<DataViews.Answer> told =
          invocation.daemon().data("/sync/questions", new DataQuery().add("dataset", dataset));
      invocation.answers().write(told.json(), () -> SyncText.questions(told.view().questions()));
      return ExitCode.DONE.number();
    }
    return new Act(invocation)
        .perform(
            "/sync/answer",
            action(DataAction.Kind.ANSWER, accept, false, false, null),
            Duration.ofDays(1));
  }

  private int history() throws Failure {
    RowLimit.checked(limit);
    Daemon.Told<DataViews.Answer> told =
        invocation
            .daemon()
            .data("/sync/history", new DataQuery().add("dataset", dataset).add("limit", limit));
    invocation.answers().write(told.json(), () -> SyncText.runs(ofDataset(told.view().runs())));
    invocation.sayUnreachable(told.view().unreachable(), "its runs are not in this list");
    return ExitCode.DONE.number();
  }

  private List<Views.Run> ofDataset(List<Views.Run> runs) {
    return runs.stream().filter(run -> dataset == null || dataset.equals(run.dataset())).toList();
  }
}
