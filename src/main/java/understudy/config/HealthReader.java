package understudy.config;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import understudy.config.ResourceConfig.Health;
import understudy.config.ResourceConfig.Probe;

/** Reads {@code health:} beside a unit or a command. */
final class HealthReader {
  private static final List<String> PROBES = List.of("http", "tcp", "command");
  private static final List<String> KEYS =
      List.of("http", "tcp", "command", "every", "failures", "timeout", "restarts");
  private static final Duration SHORTEST = Duration.ofMillis(100);
  private static final Duration LONGEST = Duration.ofHours(1);
  private static final Duration USUAL = Duration.ofSeconds(2);

  private HealthReader() {}

  static Optional<Health> read(Section resource) {
    return resource.section("health", KEYS).flatMap(HealthReader::health);
  }

  private static Optional<Health> health(Section section) {
    List<String> probes = PROBES.stream().filter(section::has).toList();
    Duration every = section.duration("every", SHORTEST, LONGEST, USUAL);
    int failures = section.integer("failures", 1, 100, 3);
    int restarts = section.integer("restarts", 0, 100, Health.USUAL_RESTARTS);
    Duration timeout = section.duration("timeout", SHORTEST, LONGEST, USUAL);
    if (probes.size() != 1) {
      section
          .self()
          .wrong(
              probes.isEmpty() ? "nothing says how to ask" : "one way to ask is enough",
              "write exactly one of http, tcp, command");
      return Optional.empty();
    }
    Value value = section.find(probes.getFirst()).orElseThrow();
    Optional<Probe> probe =
        switch (probes.getFirst()) {
          case "http" -> value.parsed(HealthReader::url).map(Probe.Http::new);
          case "tcp" -> value.parsed(Endpoint::parse).map(Probe.Tcp::new);
          default -> Optional.of(new Probe.Command(value.command()));
        };
    return probe.map(found -> new Health(found, every, failures, timeout, restarts));
  }

  private static String url(String text) {
    URI uri = URI.create(text);
    boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
    if (!web || uri.getHost() == null || uri.getUserInfo() != null) {
      throw new IllegalArgumentException(
          "'" + text + "' is not a web address; write http://127.0.0.1:8080/health");
    }
    return text;
  }
}
