package understudy.simulator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * A story: a cluster, and what happens to it when. A directory with {@code cluster.yaml} and {@code
 * script}; a line of the script is a time and a deed, {@code #} begins a comment.
 *
 * @param seed of all that the script leaves to chance
 */
record Scenario(long seed, Setup setup, List<Line> lines) {
  private static final Pattern LINE = Pattern.compile("(\\S+)\\s+(.*\\S)\\s*");
  private static final Pattern TIME = Pattern.compile("(\\d+(?:\\.\\d+)?)(ms|s|m|h)");
  private static final int MOST_LINES = 10_000;

  /** One line of the script: {@code deed} at {@code at} after the beginning. */
  record Line(int number, Duration at, String deed) {}

  static Scenario read(Path script) throws ScenarioException {
    Path cluster = script.resolveSibling("cluster.yaml");
    try {
      Object document =
          new Load(LoadSettings.builder().build()).loadFromString(Files.readString(cluster));
      var keys = ClusterKeys.of(cluster.toString(), document);
      return new Scenario(keys.seed(), keys.setup(), lines(script, Files.readAllLines(script)));
    } catch (IOException unreadable) {
      throw new ScenarioException("cannot read the story: " + unreadable, unreadable);
    } catch (YamlEngineException wrong) {
      throw new ScenarioException(cluster + ": " + wrong.getMessage(), wrong);
    }
  }

  private static List<Line> lines(Path file, List<String> text) throws ScenarioException {
    if (text.size() > MOST_LINES) {
      throw new ScenarioException(file + " has more than " + MOST_LINES + " lines");
    }
    var lines = new ArrayList<Line>();
    Duration latest = Duration.ZERO;
    for (int i = 0; i < text.size(); i++) {
      String line = text.get(i).replaceAll("(^|\\s)#.*", "").strip();
      if (line.isEmpty()) {
        continue;
      }
      Matcher matcher = LINE.matcher(line);
      if (!matcher.matches()) {
        throw new ScenarioException(file + ":" + (i + 1) + ": a line is a time and a deed");
      }
      Duration at = duration(file + ":" + (i + 1), matcher.group(1));
      if (at.compareTo(latest) < 0) {
        throw new ScenarioException(file + ":" + (i + 1) + ": " + at + " is before the line above");
      }
      latest = at;
      lines.add(new Line(i + 1, at, matcher.group(2).replaceAll("\\s+", " ")));
    }
    return List.copyOf(lines);
  }

  /** For example {@code 500ms}, {@code 2.5s}, {@code 3m}, {@code 1h}. */
  static Duration duration(String place, String text) throws ScenarioException {
    Matcher matcher = TIME.matcher(text);
    if (!matcher.matches()) {
      throw new ScenarioException(place + ": '" + text + "' is no time such as 500ms, 2.5s or 3m");
    }
    double unitMillis =
        switch (matcher.group(2)) {
          case "ms" -> 1;
          case "s" -> 1_000;
          case "m" -> 60_000;
          default -> 3_600_000;
        };
    return Duration.ofMillis(Math.round(Double.parseDouble(matcher.group(1)) * unitMillis));
  }
}
