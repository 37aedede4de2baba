import io.avaje.jsonb.JsonType;
import io.avaje.jsonb.Jsonb;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Sets Understudy's figures beside each peer's: reads the summary lines of {@code bench/run} and
 * prints one line for each profile and scenario that both have.
 */
public final class Ratios {
  private static final String OURS = "understudy";
  private static final String FIGURE = "outage_ms_median";
  private static final String DUAL = "dual_ms";
  private static final JsonType<Map<String, Object>> LINE =
      Jsonb.builder().build().type(Object.class).map();

  private Ratios() {}

  public static void main(String[] arguments) throws IOException {
    Map<String, Map<String, Summary>> figures = new TreeMap<>();
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        Map<String, Object> fields = LINE.fromJson(line);
        if (fields.get(FIGURE) instanceof Number figure) {
          figures
              .computeIfAbsent(
                  fields.get("profile") + " " + fields.get("scenario"), k -> new TreeMap<>())
              .put(
                  String.valueOf(fields.get("engine")),
                  new Summary(figure.doubleValue(), fields.get(DUAL)));
        }
      }
    }
    figures.forEach(Ratios::print);
  }

  /**
   * What is compared.
   *
   * @param dual how long two answered, in all runs; null where it was not measured
   */
  private record Summary(double outage, Object dual) {}

  private static void print(String profileAndScenario, Map<String, Summary> byEngine) {
    Summary ours = byEngine.get(OURS);
    if (ours == null) {
      return;
    }
    String[] words = profileAndScenario.split(" ");
    byEngine.forEach(
        (engine, theirs) -> {
          if (!engine.equals(OURS)) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("figure", "outage_ms");
            line.put("profile", words[0]);
            line.put("scenario", words[1]);
            line.put(OURS, ours.outage());
            line.put(engine, theirs.outage());
            line.put("ratio", Math.round(ours.outage() / theirs.outage() * 100) / 100.0);
            line.put(OURS + "_" + DUAL, ours.dual());
            line.put(engine + "_" + DUAL, theirs.dual());
            System.out.println(LINE.toJson(line));
          }
        });
  }
}
