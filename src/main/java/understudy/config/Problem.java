package understudy.config;

import java.util.Optional;

/**
 * One mistake (or warning) in a configuration file, with its place and the way out.
 *
 * @param file as the user named it
 * @param line from 1; 0 when the problem is the file itself
 * @param column from 1; 0 when the problem is the file itself
 * @param path such as {@code failover.heartbeat.interval} or {@code datasets[0].path}; empty for
 *     the whole file
 * @param message what is wrong
 * @param fix what to write instead
 */
public record Problem(
    String file, int line, int column, String path, String message, Optional<String> fix) {

  /** {@code file:line:column: path: message; fix}, the form that editors can jump to. */
  @Override
  public String toString() {
    String place = line == 0 ? file : file + ":" + line + ":" + column;
    String where = path.isEmpty() ? "" : ": " + path;
    return place + where + ": " + message + fix.map(text -> "; " + text).orElse("");
  }
}
