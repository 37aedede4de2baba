package understudy.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import understudy.api.Views;
import understudy.config.DocumentEdit;

/**
 * Changes the cluster document through the daemon: shows what would change, asks when a person sits
 * there, and replaces exactly the document that was read.
 */
final class DocumentChange {
  private final Invocation invocation;

  DocumentChange(Invocation invocation) {
    this.invocation = invocation;
  }

  int export() throws Failure {
    Daemon.Told<Views.Document> told = invocation.daemon().document();
    invocation.answers().write(told.json(), () -> told.view().text());
    return ExitCode.DONE.number();
  }

  int set(@Nullable String path, @Nullable String value) throws Failure {
    if (path == null || value == null) {
      throw new Failure(
          ExitCode.USAGE,
          "config set needs a key and a value",
          "such as: understudy config set failover.max-loss 2m");
    }
    Daemon daemon = invocation.daemon();
    Views.Document document = daemon.document().view();
    try {
      return change(daemon, document, DocumentEdit.set(document.text(), path, value));
    } catch (IllegalArgumentException cannot) {
      throw new Failure(
          ExitCode.USAGE, String.valueOf(cannot.getMessage()), "see understudy config export");
    }
  }

  int load(@Nullable String file) throws Failure {
    String text = text(file);
    Daemon daemon = invocation.daemon();
    return change(daemon, daemon.document().view(), text);
  }

  private String text(@Nullable String file) throws Failure {
    if (file == null) {
      throw new Failure(
          ExitCode.USAGE, "config import needs a file", "understudy config import FILE, or -");
    }
    try {
      return file.equals("-")
          ? invocation.terminal().in().lines().collect(Collectors.joining("\n", "", "\n"))
          : Files.readString(Path.of(file));
    } catch (IOException unreadable) {
      throw new Failure(
          ExitCode.FAILED, "cannot read " + file + ": " + unreadable, "name a readable file");
    }
  }

  private int change(Daemon daemon, Views.Document document, String text) throws Failure {
    Daemon.Told<Views.DocumentChange> planned = daemon.change(text, document.hash(), true);
    boolean planOnly = invocation.options().isDryRun();
    if (planOnly || planned.view().state().equals("unchanged")) {
      return tell(planned);
    }
    if (!invocation.options().isYes() && invocation.terminal().isInteractive().getAsBoolean()) {
      invocation.terminal().err().print(words(planned.view()));
      if (!isConfirmed()) {
        throw new Failure(ExitCode.FAILED, "nothing was changed", "");
      }
    }
    return tell(daemon.change(text, document.hash(), false));
  }

  private boolean isConfirmed() throws Failure {
    invocation.terminal().err().print("put this in force on all nodes? [y/N] ");
    try {
      String answer = invocation.terminal().in().readLine();
      return answer != null && answer.strip().equalsIgnoreCase("y");
    } catch (IOException gone) {
      throw new Failure(ExitCode.FAILED, "the terminal is gone: nothing was changed", "", gone);
    }
  }

  private int tell(Daemon.Told<Views.DocumentChange> told) {
    invocation.answers().write(told.json(), () -> words(told.view()));
    return ExitCode.DONE.number();
  }

  private static String words(Views.DocumentChange change) {
    StringBuilder text = new StringBuilder();
    change.diff().forEach(line -> text.append(line).append('\n'));
    text.append(
        switch (change.state()) {
          case "planned" -> "would become revision " + change.revision();
          case "unchanged" -> "nothing changes: revision " + change.revision() + " says the same";
          default -> "revision " + change.revision() + " is in force";
        });
    text.append('\n');
    change.effects().forEach(line -> text.append("  ").append(line).append('\n'));
    change.warnings().forEach(line -> text.append("  warning: ").append(line).append('\n'));
    return text.toString();
  }
}
