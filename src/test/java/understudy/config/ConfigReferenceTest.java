package understudy.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.avaje.jsonb.Jsonb;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The reader, the JSON Schema and the reference page know the same keys. */
class ConfigReferenceTest {
  private static final Path PAGE = Path.of("docs/reference/configuration.md");
  private static final String STRANGER = "zzzzzzzzzzzzzzzzzzzzzzz";

  /** {@code text}: a document with one unknown key in the section; its message lists the known. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "node | / | %s: 1",
        "node | /node | node: { %s: 1 }",
        "cluster | / | %s: 1",
        "cluster | /cluster | cluster: { %s: 1 }",
        "cluster | /failover | failover: { %s: 1 }",
        "cluster | /failover/heartbeat | failover: { heartbeat: { %s: 1 } }",
        "cluster | /failover/etcd | failover: { arbiter: lease, etcd: { %s: 1 } }",
        "cluster | /failover/zookeeper | failover: { arbiter: lease, zookeeper: { %s: 1 } }",
        "cluster | /failover/failback/1 | failover: { failback: { %s: 1 } }",
        "cluster | /failover/fence | failover: { fence: { %s: 1 } }",
        "cluster | /datasets | datasets: [{ %s: 1 }]",
        "cluster | /datasets/every/2 | datasets: [{ every: { %s: 1 } }]",
        "cluster | /resources | resources: [{ %s: 1 }]",
        "cluster | /resources/command | resources: [{ command: { %s: 1 } }]",
        "cluster | /resources/health | resources: [{ unit: a, health: { %s: 1 } }]",
      })
  void theSchemaKnowsTheKeysOfTheReader(String file, String place, String text) throws IOException {
    Map<?, ?> schema = schema(file);
    for (String step : place.split("/", -1)) {
      schema = step.isEmpty() ? schema : child(schema, step);
    }
    String document = text.formatted(STRANGER);
    Read<?> read =
        file.equals("node")
            ? ConfigReader.readNode(document, "x")
            : ConfigReader.readCluster(document, "x", Map.of());
    List<String> known =
        ConfigMistakesTest.problems(read).stream()
            .filter(problem -> problem.contains(STRANGER))
            .map(problem -> problem.replaceFirst(".*known here: ", ""))
            .flatMap(keys -> List.of(keys.split(", ")).stream())
            .toList();
    assertThat(known).containsExactlyInAnyOrderElementsOf(keys(map(schema, "properties")));
  }

  @Test
  void theReferencePageSaysWhatTheSchemaSays() throws IOException {
    String page = page();
    if (Boolean.getBoolean("understudy.write")) {
      Files.writeString(PAGE, page);
    }
    assertThat(PAGE)
        .as("generated: mvn test -Dtest=ConfigReferenceTest -Dunderstudy.write=true")
        .hasContent(page);
  }

  private static String page() throws IOException {
    StringBuilder page = new StringBuilder();
    page.append(
        """
        # Configuration

        <!-- Made from the JSON Schemas in src/main/resources/schema by ConfigReferenceTest. -->

        Two YAML files in `/etc/understudy`: `node.yaml` holds the settings of one machine,
        `cluster.yaml` is the same on every node. Both are strict: unknown keys, keys that are there
        twice and numbers without a unit are refused, with file, line, column and what to write.
        `understudy config validate` checks both without a daemon; `understudy config show` prints
        what is in force, defaults included.

        TIME is a whole number and a unit: `500ms`, `3s`, `2m`, `1h`, `7d`. Anchors, aliases and
        tags of YAML are not used.

        Some combinations are refused because two nodes could serve at once: the time after which
        the standby suspects (`heartbeat.interval` × `heartbeat.failures`) has to be below
        `primary-timeout`; `lease` has to be below `primary-timeout`; and `heartbeat.interval` plus
        250 ms for fencing has to be below 99 % of `lease`. With `arbiter: majority` that is
        2 × `heartbeat.interval` + `round-trip` + 250 ms below `lease` × (1 − `drift`); with
        `arbiter: lease` it is `heartbeat.interval` + `round-trip` + 250 ms. The message shows the
        numbers.
        """);
    for (String file : List.of("node", "cluster")) {
      Map<?, ?> schema = schema(file);
      page.append("\n## ").append(schema.get("title")).append("\n\n");
      page.append(schema.get("description")).append("\n\n");
      page.append("| key | value | default | meaning |\n|---|---|---|---|\n");
      rows("", schema).forEach(row -> page.append(row).append('\n'));
      page.append("\n```yaml\n")
          .append(Files.readString(Path.of("docs/reference/" + file + ".yaml")))
          .append("```\n");
    }
    return page.toString();
  }

  @Test
  void theExamplesOnThePageAreValid() {
    Path place = Path.of("docs/reference");
    assertThat(ConfigMistakesTest.warnings(ConfigReader.read(place))).isEmpty();
  }

  private static List<String> rows(String path, Map<?, ?> schema) {
    List<String> rows = new ArrayList<>();
    map(schema, "properties")
        .forEach(
            (name, value) -> {
              Map<?, ?> property = (Map<?, ?>) value;
              String key = path + name;
              boolean list = "array".equals(property.get("type"));
              Map<?, ?> inner = list ? map(property, "items") : property;
              boolean required =
                  ((List<?>) orElse(schema.get("required"), List.of())).contains(name);
              rows.add(
                  "| `%s` | %s | %s | %s |"
                      .formatted(
                          key,
                          value(property),
                          otherwise(property, required),
                          property.get("description")));
              if (inner.containsKey("properties")) {
                rows.addAll(rows(key + (list ? "[]." : "."), inner));
              }
            });
    return rows;
  }

  private static String value(Map<?, ?> property) {
    Object words = property.get("enum");
    if (words instanceof List<?> list) {
      return list.stream().map(word -> "`" + word + "`").collect(Collectors.joining(", "));
    }
    if (property.containsKey("$ref")) {
      return "TIME";
    }
    if (property.containsKey("minimum")) {
      return number(property, "minimum") + " to " + number(property, "maximum");
    }
    return switch (String.valueOf(property.get("type"))) {
      case "array" -> "list";
      case "object" -> "map";
      case "string" -> "text";
      default -> "see right";
    };
  }

  private static String otherwise(Map<?, ?> property, boolean required) {
    Object value = orElse(property.get("default"), property.get("x-default"));
    String text = plain(value);
    return required ? "required" : text.isEmpty() ? "" : "`" + text + "`";
  }

  private static Object orElse(@Nullable Object value, @Nullable Object other) {
    return value == null ? Objects.requireNonNullElse(other, "") : value;
  }

  private static String number(Map<?, ?> property, String name) {
    return plain(Objects.requireNonNull(property.get(name)));
  }

  private static String plain(Object value) {
    return value instanceof Number number ? Long.toString(number.longValue()) : value.toString();
  }

  private static Map<?, ?> child(Map<?, ?> schema, String step) {
    if (step.matches("\\d")) {
      List<?> choices = (List<?>) Objects.requireNonNull(schema.get("oneOf"));
      return (Map<?, ?>) choices.get(Integer.parseInt(step));
    }
    Map<?, ?> property = map(map(schema, "properties"), step);
    return property.containsKey("items") ? map(property, "items") : property;
  }

  private static Map<?, ?> map(Map<?, ?> from, String key) {
    return (Map<?, ?>) Objects.requireNonNull(from.get(key), key);
  }

  private static List<String> keys(Map<?, ?> map) {
    return map.keySet().stream().map(String::valueOf).toList();
  }

  private static Map<?, ?> schema(String file) throws IOException {
    String name = "/schema/" + file + ".schema.json";
    try (InputStream in = ConfigReferenceTest.class.getResourceAsStream(name)) {
      byte[] bytes = Objects.requireNonNull(in, name).readAllBytes();
      return (Map<?, ?>)
          Jsonb.instance().type(Object.class).fromJson(new String(bytes, StandardCharsets.UTF_8));
    }
  }
}
