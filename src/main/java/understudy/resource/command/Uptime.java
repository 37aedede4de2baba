package understudy.resource.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import understudy.resource.Mandate;

/**
 * The clock that this process and a shell script can both read: {@code /proc/uptime}, in hundredths
 * of a second since boot.
 */
final class Uptime {
  private static final Path CLOCK = Path.of("/proc/uptime");
  private static final long MILLIS_PER_TICK = 10;

  private Uptime() {}

  /** The end of the mandate on this clock, rounded down. */
  static long deadline(Mandate mandate) throws IOException {
    // in this order: a pause between the two readings makes the deadline earlier, never later
    String text = Files.readString(CLOCK);
    Duration remaining = mandate.remaining();
    long now = Long.parseLong(text.substring(0, text.indexOf(' ')).replace(".", ""));
    return now + remaining.toMillis() / MILLIS_PER_TICK;
  }
}
