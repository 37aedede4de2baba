import io.avaje.jsonb.JsonType;
import io.avaje.jsonb.Jsonb;
import java.util.LinkedHashMap;
import java.util.Map;

/** The JSON lines that come out of a bench. */
final class Lines {
  private static final JsonType<Map<String, Object>> LINE =
      Jsonb.builder().build().type(Object.class).map();

  private Lines() {}

  /** The beginning of a line about a contender. */
  static Map<String, Object> of(Contender contender, Scenario scenario) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("engine", contender.engine());
    line.put("profile", contender.profile());
    line.put("scenario", scenario.word());
    return line;
  }

  static void print(Map<String, Object> line) {
    System.out.println(LINE.toJson(line));
  }

  /** A time as a figure: milliseconds with one digit behind the point. */
  static double millis(long nanos) {
    return Math.round(nanos / 1e5) / 10.0;
  }
}
