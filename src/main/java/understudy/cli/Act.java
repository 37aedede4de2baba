package understudy.cli;

import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import understudy.api.Action;
import understudy.api.DataAction;
import understudy.api.Views;
import understudy.time.Clock;
import understudy.time.Moment;
import understudy.time.SystemClock;

/** Hands an action to the daemon, follows it when asked to, and says how it ended. */
final class Act {
  private static final Duration FOREVER = Duration.ofDays(30);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);

  private final Invocation invocation;
  private final Clock clock = new SystemClock();
  private final ProgressBar bar;
  private int stepsShown;
  private boolean isPeerSilent;

  Act(Invocation invocation) {
    this.invocation = invocation;
    this.bar = new ProgressBar(invocation.terminal().err());
  }

  /** Runs the action to where the options say; the number is the exit code. */
  int perform(Daemon daemon, ActionDraft draft) throws Failure {
    Action action = draft.with(invocation.options());
    Daemon.Told<Views.Operation> told = daemon.act(action);
    Optional<Duration> patience = invocation.options().patience();
    if (patience.isPresent()) {
      told = follow(daemon, told, clock.now().plus(patience.get()));
    }
    return tell(told, patience.isPresent());
  }

  /** Runs an action on data, and waits for its end unless another time is given. */
  int perform(String path, DataAction action, Duration usually) throws Failure {
    Daemon daemon = invocation.daemon();
    Duration patience = invocation.options().patience().orElse(usually);
    Daemon.Told<Views.Operation> told =
        follow(daemon, daemon.act(path, action), clock.now().plus(patience));
    return tell(told, true);
  }

  /** As {@link #perform}, and waits for the end, however long that takes. */
  int performToTheEnd(Daemon daemon, ActionDraft draft) throws Failure {
    Daemon.Told<Views.Operation> told = daemon.act(draft.with(invocation.options()));
    return tell(follow(daemon, told, clock.now().plus(FOREVER)), true);
  }

  private Daemon.Told<Views.Operation> follow(
      Daemon daemon, Daemon.Told<Views.Operation> first, Moment end) throws Failure {
    Daemon.Told<Views.Operation> told = first;
    show(told);
    while (isRunning(told.view()) && clock.now().isBefore(end)) {
      pause();
      told = ask(daemon, told);
      show(told);
    }
    bar.end();
    return told;
  }

  /** The operation as it is now; as it was when the node that it runs on misses the question. */
  private Daemon.Told<Views.Operation> ask(Daemon daemon, Daemon.Told<Views.Operation> before)
      throws Failure {
    try {
      Daemon.Told<Views.Operation> now = daemon.operation(before.view().id());
      isPeerSilent = false;
      return now;
    } catch (Failure missed) {
      if (missed.code() != ExitCode.PEER_UNREACHABLE) {
        throw missed;
      }
      if (!isPeerSilent) {
        bar.end();
        invocation.terminal().err().println("  " + missed.getMessage() + "; asks on");
      }
      isPeerSilent = true;
      return before;
    }
  }

  private static void pause() throws Failure {
    try {
      Thread.sleep(BETWEEN_LOOKS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new Failure(ExitCode.CONTINUES, "the wait was interrupted", "", interrupted);
    }
  }

  private void show(Daemon.Told<Views.Operation> told) {
    Views.Progress progress = told.view().progress();
    boolean isLines = invocation.options().output() == GlobalOptions.Output.JSON;
    if (progress != null && isLines) {
      invocation.terminal().out().println(told.json().strip());
    } else if (progress != null && invocation.terminal().isInteractive().getAsBoolean()) {
      bar.show(progress);
    }
    if (told.view().steps().size() > stepsShown) {
      bar.end();
    }
    showSteps(told.view());
  }

  private void showSteps(Views.Operation operation) {
    List<String> steps = operation.steps();
    for (; stepsShown < steps.size(); stepsShown++) {
      invocation.terminal().err().println("  " + steps.get(stepsShown));
    }
  }

  private int tell(Daemon.Told<Views.Operation> told, boolean waited) {
    Views.Operation operation = told.view();
    invocation.answers().write(told.json(), () -> sentence(operation));
    PrintStream err = invocation.terminal().err();
    ExitCode code = waited && isRunning(operation) ? ExitCode.CONTINUES : Outcomes.of(operation);
    if (operation.fix() != null) {
      err.println("  " + operation.fix());
    }
    if (code == ExitCode.CONTINUES && isPeerSilent) {
      err.println(
          "  the wait ran out, the operation may be under way: understudy status and understudy"
              + " history show its end");
    } else if (code == ExitCode.CONTINUES) {
      err.println("  the wait ran out, the operation goes on: understudy history shows its end");
    } else if (isRunning(operation)) {
      err.println("  add --wait to follow it to its end");
    }
    return code.number();
  }

  private String sentence(Views.Operation operation) {
    boolean plan = invocation.options().isDryRun();
    StringBuilder text = new StringBuilder();
    text.append(operation.action()).append(": ");
    text.append(plan && operation.state().equals("done") ? "would do" : operation.state());
    text.append(isRunning(operation) ? " (operation " + operation.id() + ")" : "");
    text.append(tail(operation.message())).append('\n');
    if (plan) {
      operation.steps().forEach(step -> text.append("  ").append(step).append('\n'));
    }
    return text.toString();
  }

  private static String tail(@Nullable String message) {
    return message == null || message.isBlank() ? "" : ": " + message;
  }

  private static boolean isRunning(Views.Operation operation) {
    return operation.state().equals("running");
  }
}
