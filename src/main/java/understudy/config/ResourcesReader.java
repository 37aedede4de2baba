package understudy.config;

import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import understudy.config.ResourceConfig.Gate;
import understudy.config.ResourceConfig.GatedPort;
import understudy.config.ResourceConfig.Protocol;
import understudy.config.ResourceConfig.Script;
import understudy.config.ResourceConfig.SharedIp;
import understudy.config.ResourceConfig.Supervised;
import understudy.config.ResourceConfig.Unit;

/** Reads the {@code resources:} section; the key that is there says which kind an entry is. */
final class ResourcesReader {
  private static final List<String> KINDS = List.of("shared-ip", "gate", "unit", "command");
  private static final List<String> EVERY_KEY =
      List.of("shared-ip", "interface", "gate", "unit", "command", "health", "name");
  private static final List<String> COMMAND_KEYS =
      List.of(
          "name",
          "run",
          "start",
          "stop",
          "check",
          "user",
          "directory",
          "environment",
          "stop-after",
          "timeout");

  private final Set<String> names = new HashSet<>();
  private final Set<InetAddress> addresses = new HashSet<>();

  static List<ResourceConfig> read(Optional<Value> list) {
    ResourcesReader reader = new ResourcesReader();
    List<ResourceConfig> resources = new ArrayList<>();
    for (Value item : list.map(Value::items).orElse(List.of())) {
      item.section(EVERY_KEY).flatMap(reader::resource).ifPresent(resources::add);
    }
    return resources;
  }

  private Optional<ResourceConfig> resource(Section section) {
    List<String> kinds = KINDS.stream().filter(section::has).toList();
    if (kinds.isEmpty() && section.hasStrangers()) {
      return Optional.empty();
    }
    if (kinds.size() != 1) {
      section
          .self()
          .wrong(
              kinds.isEmpty()
                  ? "nothing says what kind of resource this is"
                  : "one entry is one resource, this has " + String.join(" and ", kinds),
              "write one of " + String.join(", ", KINDS));
      return Optional.empty();
    }
    Optional<ResourceConfig> read =
        switch (kinds.getFirst()) {
          case "shared-ip" -> only(section, "interface", "name").flatMap(this::sharedIp);
          case "gate" -> only(section, "name").flatMap(ResourcesReader::gate);
          case "unit" -> only(section, "health", "name").flatMap(ResourcesReader::unit);
          default -> only(section, "health").flatMap(ResourcesReader::command);
        };
    read.filter(resource -> !names.add(resource.name()))
        .ifPresent(
            resource ->
                section
                    .self()
                    .wrong(
                        "a second resource is called '" + resource.name() + "'",
                        "give one another name:"));
    return read;
  }

  /** Complains about keys that belong to another kind of resource. */
  private static Optional<Section> only(Section section, String... allowed) {
    List<String> fine = List.of(allowed);
    for (String key : EVERY_KEY) {
      if (!KINDS.contains(key) && !fine.contains(key)) {
        section
            .find(key)
            .ifPresent(
                value ->
                    value.wrong(
                        "'" + key + "' does not belong to this kind of resource", "remove it"));
      }
    }
    return Optional.of(section);
  }

  private Optional<ResourceConfig> sharedIp(Section section) {
    Optional<Value> value = section.find("shared-ip");
    Optional<Network> network = value.flatMap(found -> found.parsed(Network::parse));
    Optional<String> device =
        section
            .require("interface", "eth0")
            .flatMap(found -> found.parsed(ResourcesReader::device));
    if (network.isEmpty() || device.isEmpty()) {
      return Optional.empty();
    }
    InetAddress address = network.get().address();
    if (!addresses.add(address)) {
      value.orElseThrow().wrong(address.getHostAddress() + " is there twice", "keep one");
    }
    String name = name(section).orElse("shared-ip-" + address.getHostAddress());
    return Optional.of(new SharedIp(name, address, network.get().prefix(), device.get()));
  }

  private static String device(String text) {
    if (!text.matches("[^\\s/:]{1,15}")) {
      throw new IllegalArgumentException("'" + text + "' is not the name of a network interface");
    }
    return text;
  }

  private static Optional<ResourceConfig> gate(Section section) {
    Value value = section.find("gate").orElseThrow();
    List<Value> items = value.items();
    if (value.isList() && items.isEmpty()) {
      value.wrong("a gate without ports guards nothing", "write [\"8443/tcp\"]");
    }
    List<GatedPort> ports =
        items.stream().flatMap(item -> item.parsed(ResourcesReader::port).stream()).toList();
    return Optional.of(new Gate(name(section).orElse("gate"), ports));
  }

  private static GatedPort port(String text) {
    if (text.matches("\\d{1,5}")) {
      throw new IllegalArgumentException(
          "port " + text + " has no protocol; write \"" + text + "/tcp\" or \"" + text + "/udp\"");
    }
    int slash = text.lastIndexOf('/');
    String protocol = text.substring(slash + 1);
    if (slash < 1 || !(protocol.equals("tcp") || protocol.equals("udp"))) {
      throw new IllegalArgumentException(
          "'" + text + "' is not a port; write \"8443/tcp\" or \"10.0.0.50:8443/tcp\"");
    }
    String before = text.substring(0, slash);
    boolean everywhere = before.matches("\\d{1,5}");
    Endpoint endpoint = Endpoint.parse(everywhere ? "0.0.0.0:" + before : before);
    if (endpoint.port() == 0) {
      throw new IllegalArgumentException("port 0 cannot be gated");
    }
    return new GatedPort(
        everywhere ? Optional.empty() : Optional.of(InetAddress.ofLiteral(endpoint.host())),
        endpoint.port(),
        Protocol.valueOf(protocol.toUpperCase(Locale.ROOT)));
  }

  private static Optional<ResourceConfig> unit(Section section) {
    Optional<String> unit = section.find("unit").flatMap(value -> value.parsed(Names::label));
    var health = HealthReader.read(section);
    return unit.map(text -> new Unit(name(section).orElse(text), text, health));
  }

  private static Optional<String> name(Section section) {
    return section.find("name").flatMap(value -> value.parsed(Names::label));
  }

  private static Optional<ResourceConfig> command(Section section) {
    var health = HealthReader.read(section);
    return section
        .section("command", COMMAND_KEYS)
        .flatMap(
            command ->
                command
                    .require("name", "web")
                    .flatMap(value -> value.parsed(Names::label))
                    .flatMap(
                        name ->
                            command.has("run")
                                ? Optional.of(supervised(name, command, health))
                                : script(name, command, section)));
  }

  private static ResourceConfig supervised(
      String name, Section command, Optional<ResourceConfig.Health> health) {
    forbid(command, "run is one long-lived process", "start", "stop", "check", "timeout");
    return new Supervised(
        name,
        command.find("run").map(Value::command).orElse(List.of()),
        command.find("user").flatMap(value -> value.parsed(Names::label)),
        command.find("directory").flatMap(value -> value.parsed(Names::absolute)),
        environment(command),
        command.duration("stop-after", ofMillis(100), ofHours(1), ofSeconds(10)),
        health);
  }

  private static Optional<ResourceConfig> script(String name, Section command, Section outer) {
    if (!command.has("start")) {
      command
          .self()
          .wrong(
              "nothing says what to run",
              "write run: (one long-lived process) or start:, stop: and check:");
      return Optional.empty();
    }
    forbid(command, "start, stop and check are short commands", "user", "stop-after");
    outer
        .find("health")
        .ifPresent(value -> value.wrong("'check' already says how it is", "remove health"));
    return Optional.of(
        new Script(
            name,
            command.find("start").map(Value::command).orElse(List.of()),
            command.require("stop", "[program, argument]").map(Value::command).orElse(List.of()),
            command.require("check", "[program, argument]").map(Value::command).orElse(List.of()),
            command.find("directory").flatMap(value -> value.parsed(Names::absolute)),
            environment(command),
            command.duration("timeout", ofMillis(100), ofHours(1), ofSeconds(30))));
  }

  private static void forbid(Section command, String reason, String... keys) {
    for (String key : keys) {
      command
          .find(key)
          .ifPresent(value -> value.wrong(reason + ": '" + key + "' does not apply", "remove it"));
    }
  }

  private static Map<String, String> environment(Section command) {
    Map<String, String> variables = new TreeMap<>();
    command
        .find("environment")
        .ifPresent(
            value ->
                value
                    .entries()
                    .forEach(
                        (key, text) -> text.text().ifPresent(found -> variables.put(key, found))));
    return variables;
  }
}
