package understudy.cli;

import java.io.PrintStream;
import java.util.Locale;
import understudy.api.Views;

/** One line of a terminal that shows how far a sync is; drawn over itself. */
final class ProgressBar {
  private static final int WIDTH = 24;

  private final PrintStream err;
  private int shown;

  ProgressBar(PrintStream err) {
    this.err = err;
  }

  void show(Views.Progress progress) {
    String line = line(progress);
    err.print("\r" + line + " ".repeat(Math.max(0, shown - line.length())));
    err.flush();
    shown = line.length();
  }

  /** Leaves the line empty for what comes next. */
  void end() {
    if (shown > 0) {
      err.print("\r" + " ".repeat(shown) + "\r");
      err.flush();
      shown = 0;
    }
  }

  static String line(Views.Progress progress) {
    boolean isMeasured = progress.bytesTotal() > 0 && progress.phase().equals("fetching");
    double share = isMeasured ? Math.min(1, progress.bytes() / (double) progress.bytesTotal()) : 0;
    int full = (int) (share * WIDTH);
    return isMeasured
        ? "%s [%s%s] %3.0f %%  %s of %s  %d of %d files  %s/s  %s"
            .formatted(
                progress.dataset(),
                "#".repeat(full),
                ".".repeat(WIDTH - full),
                share * 100,
                Words.bytes(progress.bytes()),
                Words.bytes(progress.bytesTotal()),
                progress.files(),
                progress.filesTotal(),
                Words.bytes((long) progress.bytesPerSecond()),
                progress.remainingSeconds() == null
                    ? ""
                    : Words.seconds(progress.remainingSeconds()) + " left")
        : String.format(
            Locale.ROOT,
            "%s %s  %d entries, %s",
            progress.dataset(),
            progress.phase(),
            progress.files(),
            Words.bytes(progress.bytes()));
  }
}
