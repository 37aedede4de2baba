package understudy.simulator;

import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import understudy.failover.Designation;
import understudy.failover.NodeName;
import understudy.failover.OnFailure;

/** The keys of a story's {@code cluster.yaml}. */
record ClusterKeys(String file, Map<?, ?> keys) {
  private static final List<String> KNOWN =
      List.of(
          "seed",
          "nodes",
          "arbiter",
          "profile",
          "connectivity-test",
          "service-address",
          "data",
          "max-loss",
          "on-failure",
          "beyond-promise");

  static ClusterKeys of(String file, Object document) throws ScenarioException {
    if (!(document instanceof Map<?, ?> keys)) {
      throw new ScenarioException(file + " is no map of keys");
    }
    for (Object key : keys.keySet()) {
      if (!KNOWN.contains(String.valueOf(key))) {
        throw new ScenarioException(file + ": unknown key '" + key + "', known are " + KNOWN);
      }
    }
    return new ClusterKeys(file, keys);
  }

  long seed() throws ScenarioException {
    String text = word("seed", "1");
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException wrong) {
      throw new ScenarioException(file + ": seed '" + text + "' is no number", wrong);
    }
  }

  Setup setup() throws ScenarioException {
    return new Setup(
        nodes(),
        Mandates.valueOf(
            choice("arbiter", "peer", Arrays.stream(Mandates.values()).map(Mandates::word).toList())
                .toUpperCase(Locale.ROOT)
                .replace('-', '_')),
        Setup.profile(choice("profile", "default", List.of("default", "fast", "patient"))),
        flag("connectivity-test", true),
        flag("service-address", true),
        flag("data", true),
        maxLoss(),
        OnFailure.valueOf(
            choice("on-failure", "promote", List.of("promote", "ask", "keep-standby"))
                .toUpperCase(Locale.ROOT)
                .replace('-', '_')),
        false,
        flag("beyond-promise", false),
        EnumSet.of(Fault.DUPLICATE),
        Duration.ZERO);
  }

  private Map<NodeName, Designation> nodes() throws ScenarioException {
    var nodes = new LinkedHashMap<NodeName, Designation>();
    Object written = keys.get("nodes");
    if (written == null) {
      nodes.put(Setup.ALPHA, Designation.PRIMARY);
      nodes.put(Setup.BRAVO, Designation.SECONDARY);
      return nodes;
    }
    if (!(written instanceof Map<?, ?> map)) {
      throw new ScenarioException(file + ": nodes is a map of names and designations");
    }
    for (Map.Entry<?, ?> node : map.entrySet()) {
      try {
        nodes.put(
            new NodeName(String.valueOf(node.getKey())),
            Designation.valueOf(String.valueOf(node.getValue()).toUpperCase(Locale.ROOT)));
      } catch (IllegalArgumentException wrong) {
        throw new ScenarioException(file + ": node " + node + ": " + wrong.getMessage(), wrong);
      }
    }
    return nodes;
  }

  private Optional<Duration> maxLoss() throws ScenarioException {
    return keys.containsKey("max-loss")
        ? Optional.of(Scenario.duration(file, word("max-loss", "")))
        : Optional.empty();
  }

  private boolean flag(String key, boolean usual) throws ScenarioException {
    return Boolean.parseBoolean(choice(key, Boolean.toString(usual), List.of("true", "false")));
  }

  private String choice(String key, String usual, List<String> choices) throws ScenarioException {
    String word = word(key, usual);
    if (!choices.contains(word)) {
      throw new ScenarioException(file + ": " + key + " is one of " + choices + ", not " + word);
    }
    return word;
  }

  private String word(String key, String usual) {
    Object value = keys.get(key);
    return value == null ? usual : String.valueOf(value);
  }
}
