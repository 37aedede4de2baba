package understudy.config;

import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.stream.Collectors;
import understudy.config.ResourceConfig.Gate;
import understudy.config.ResourceConfig.GatedPort;
import understudy.config.ResourceConfig.Health;
import understudy.config.ResourceConfig.Probe;
import understudy.config.ResourceConfig.Script;
import understudy.config.ResourceConfig.SharedIp;
import understudy.config.ResourceConfig.Supervised;
import understudy.config.ResourceConfig.Unit;

/** One resource as a YAML flow map. */
final class ResourceText {
  private ResourceText() {}

  static String of(ResourceConfig resource) {
    StringJoiner keys = new StringJoiner(", ", "{ ", " }");
    switch (resource) {
      case SharedIp ip -> {
        keys.add("shared-ip: " + Yaml.text(ip.address().getHostAddress() + "/" + ip.prefix()));
        keys.add("interface: " + Yaml.text(ip.networkInterface()));
        keys.add("name: " + Yaml.text(ip.name()));
      }
      case Gate gate -> {
        keys.add("gate: " + Yaml.list(gate.ports().stream().map(ResourceText::port).toList()));
        keys.add("name: " + Yaml.text(gate.name()));
      }
      case Unit unit -> {
        keys.add("unit: " + Yaml.text(unit.unit()));
        keys.add("name: " + Yaml.text(unit.name()));
        addHealth(keys, unit.health());
      }
      case Supervised supervised -> {
        keys.add("command: " + supervised(supervised));
        addHealth(keys, supervised.health());
      }
      case Script script -> keys.add("command: " + script(script));
    }
    return keys.toString();
  }

  private static String supervised(Supervised command) {
    StringJoiner keys = new StringJoiner(", ", "{ ", " }");
    keys.add("name: " + Yaml.text(command.name()));
    keys.add("run: " + Yaml.list(command.run()));
    command.user().ifPresent(user -> keys.add("user: " + Yaml.text(user)));
    command.directory().ifPresent(path -> keys.add("directory: " + Yaml.text(path.toString())));
    addEnvironment(keys, command.environment());
    return keys.add("stop-after: " + Durations.format(command.stopAfter())).toString();
  }

  private static String script(Script command) {
    StringJoiner keys = new StringJoiner(", ", "{ ", " }");
    keys.add("name: " + Yaml.text(command.name()));
    keys.add("start: " + Yaml.list(command.start()));
    keys.add("stop: " + Yaml.list(command.stop()));
    keys.add("check: " + Yaml.list(command.check()));
    command.directory().ifPresent(path -> keys.add("directory: " + Yaml.text(path.toString())));
    addEnvironment(keys, command.environment());
    return keys.add("timeout: " + Durations.format(command.timeout())).toString();
  }

  private static void addEnvironment(StringJoiner keys, Map<String, String> environment) {
    if (!environment.isEmpty()) {
      keys.add(
          environment.entrySet().stream()
              .sorted(Map.Entry.comparingByKey())
              .map(entry -> Yaml.text(entry.getKey()) + ": " + Yaml.text(entry.getValue()))
              .collect(Collectors.joining(", ", "environment: { ", " }")));
    }
  }

  private static void addHealth(StringJoiner keys, Optional<Health> health) {
    health.ifPresent(
        found ->
            keys.add(
                "health: { %s, every: %s, failures: %d, timeout: %s, restarts: %d }"
                    .formatted(
                        probe(found.probe()),
                        Durations.format(found.every()),
                        found.failures(),
                        Durations.format(found.timeout()),
                        found.restarts())));
  }

  private static String probe(Probe probe) {
    return switch (probe) {
      case Probe.Http(String url) -> "http: " + Yaml.text(url);
      case Probe.Tcp(Endpoint endpoint) -> "tcp: " + Yaml.text(endpoint.toString());
      case Probe.Command(var command) -> "command: " + Yaml.list(command);
    };
  }

  private static String port(GatedPort port) {
    String protocol = "/" + port.protocol().name().toLowerCase(java.util.Locale.ROOT);
    return port.address()
            .map(address -> new Endpoint(address.getHostAddress(), port.port()).toString())
            .orElse(Integer.toString(port.port()))
        + protocol;
  }
}
