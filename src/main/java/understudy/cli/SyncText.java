package understudy.cli;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import understudy.api.DataViews;
import understudy.api.Views;

/** Syncs as people read them. */
final class SyncText {
  private SyncText() {}

  /** What waits for a person, and how it is answered. */
  static String questions(List<DataViews.Question> questions) {
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

  /** A table of past runs. */
  static String runs(List<Views.Run> runs) {
    Table table =
        new Table("START", "TOOK", "DATASET", "RESULT", "FILES", "BYTES", "SENT", "RATE", "NOTE");
    for (Views.Run run : runs) {
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
