package understudy.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

class OpenApiTest {
  @TempDir Path state;

  @Test
  void everyRouteIsDescribedAndEveryDescriptionIsARoute() throws Exception {
    try (RunningApi api = new RunningApi(state)) {
      Set<String> inCode =
          api.server.routes().stream()
              .filter(
                  route -> route.path().startsWith("/api/") || route.path().startsWith("/health/"))
              .map(route -> route.method() + " " + route.path())
              .collect(Collectors.toCollection(TreeSet::new));

      assertThat(inDocument()).isEqualTo(inCode);
      assertThat(api.get("/api/v1/openapi.yaml").body()).startsWith("openapi: 3.1.0");
    }
  }

  @Test
  void everyReferenceLeadsSomewhere() throws Exception {
    Map<?, ?> document = document();
    for (String reference : references(document.toString())) {
      Optional<?> here = Optional.of(document);
      for (String step : reference.substring(2).split("/", -1)) {
        here = here.map(object -> object instanceof Map<?, ?> map ? map.get(step) : null);
      }
      assertThat(here).as(reference).isPresent();
    }
  }

  private static Set<String> references(String text) {
    return Pattern.compile("#/components/[A-Za-z/]+")
        .matcher(text)
        .results()
        .map(found -> found.group())
        .collect(Collectors.toSet());
  }

  private static Set<String> inDocument() throws Exception {
    Set<String> described = new TreeSet<>();
    ((Map<?, ?>) Objects.requireNonNull(document().get("paths")))
        .forEach(
            (path, methods) ->
                ((Map<?, ?>) methods)
                    .keySet()
                    .forEach(
                        method ->
                            described.add(
                                method.toString().toUpperCase(Locale.ROOT) + " " + path)));
    return described;
  }

  private static Map<?, ?> document() throws Exception {
    try (InputStream file =
        Objects.requireNonNull(ApiServer.class.getResourceAsStream("openapi.yaml"))) {
      return (Map<?, ?>) new Load(LoadSettings.builder().build()).loadFromInputStream(file);
    }
  }
}
