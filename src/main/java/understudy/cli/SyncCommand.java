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
  private static final int MOST_ROWS = 1000;

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
    ActionDraft draft = new ActionDraft(Kind.SYNC).dataset(dataset);
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
      invocation.answers().write(told.json(), () -> questions(told.view().questions()));
      return ExitCode.DONE.number();
    }
    return new Act(invocation)
        .perform(
            "/sync/answer",
            action(DataAction.Kind.ANSWER, accept, false, false, null),
            Duration.ofDays(1));
  }

  private static String questions(List<DataViews.Question> questions) {
    if (questions.isEmpty()) {
      return "no sync waits for a person\n";
    }
    StringBuilder text = new StringBuilder();
    for (DataViews.Question question : questions) {
      text.append(question.node()).append(": ").append(question.sentence()).append('\n');
      text.append("  since ").append(Words.time(question.since()));
      if (question.removed() > 0) {
        text.append(
            ", %d of %d entries would go (they stay restorable)"
                .formatted(question.removed(), question.entries()));
      }
      text.append('\n');
      question.paths().forEach(path -> text.append("    ").append(path).append('\n'));
      text.append("  yes: understudy sync answer ")
          .append(question.dataset())
          .append(" --accept    no: --refuse\n");
    }
    return text.toString();
  }

  private int history() throws Failure {
    if (limit < 1 || limit > MOST_ROWS) {
      throw new Failure(
          ExitCode.USAGE, "--limit: " + limit + " is out of range", "write 1 to " + MOST_ROWS);
    }
    Daemon.Told<DataViews.Answer> told =
        invocation
            .daemon()
            .data("/sync/history", new DataQuery().add("dataset", dataset).add("limit", limit));
    invocation.answers().write(told.json(), () -> table(told.view().runs()));
    told.view()
        .unreachable()
        .forEach(
            node ->
                invocation
                    .terminal()
                    .err()
                    .println("  " + node + " cannot be reached: its runs are not in this list"));
    return ExitCode.DONE.number();
  }

  private String table(List<Views.Run> runs) {
    Table table =
        new Table("START", "TOOK", "DATASET", "RESULT", "FILES", "BYTES", "SENT", "RATE", "NOTE");
    for (Views.Run run : runs) {
      if (dataset == null || dataset.equals(run.dataset())) {
        table.row(
            Words.time(run.start()),
            took(run),
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

  private static String took(Views.Run run) {
    return run.end() == null
        ? Words.UNKNOWN
        : Words.seconds(Duration.between(run.start(), run.end()).toMillis() / 1000.0);
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
