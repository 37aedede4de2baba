package understudy.config;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import understudy.config.StoreConfig.Login;

/** The keys of the arbiter as a person would like to find them. */
final class ArbiterText {
  private ArbiterText() {}

  static List<String> lines(ArbiterConfig arbiter) {
    var lines = new ArrayList<String>();
    lines.add("  arbiter: " + arbiter.word());
    switch (arbiter) {
      case ArbiterConfig.Peer _ -> {}
      case ArbiterConfig.Majority(int drift, var roundTrip) -> {
        lines.add("  drift: " + percent(drift));
        lines.add("  round-trip: " + Durations.format(roundTrip));
      }
      case ArbiterConfig.Lease(int drift, var roundTrip, boolean failsafe, StoreConfig store) -> {
        lines.add("  drift: " + percent(drift));
        lines.add("  round-trip: " + Durations.format(roundTrip));
        lines.add("  failsafe: \"" + (failsafe ? "on" : "off") + "\"");
        lines.add("  " + store(store));
      }
    }
    return lines;
  }

  private static String percent(int permille) {
    return BigDecimal.valueOf(permille, 1).stripTrailingZeros().toPlainString() + "%";
  }

  private static String store(StoreConfig store) {
    var parts = new ArrayList<String>();
    switch (store) {
      case StoreConfig.Etcd etcd -> {
        parts.add("endpoints: " + quoted(etcd.endpoints()));
        etcd.key().ifPresent(key -> parts.add("key: " + key));
        path(parts, "ca", etcd.ca());
        path(parts, "certificate", etcd.certificate());
        path(parts, "certificate-key", etcd.certificateKey());
        etcd.login().ifPresent(login -> login(parts, login));
        return "etcd: { " + String.join(", ", parts) + " }";
      }
      case StoreConfig.ZooKeeper zookeeper -> {
        parts.add("servers: " + quoted(zookeeper.servers()));
        zookeeper.key().ifPresent(key -> parts.add("key: " + key));
        zookeeper.login().ifPresent(login -> login(parts, login));
        return "zookeeper: { " + String.join(", ", parts) + " }";
      }
    }
  }

  private static String quoted(List<?> items) {
    return items.stream()
        .map(item -> "\"" + item + "\"")
        .collect(Collectors.joining(", ", "[", "]"));
  }

  private static void path(List<String> parts, String key, Optional<Path> path) {
    path.ifPresent(file -> parts.add(key + ": " + Yaml.text(file.toString())));
  }

  private static void login(List<String> parts, Login login) {
    parts.add("user: " + Yaml.text(login.user()));
    parts.add("password: \"file:" + login.password() + "\"");
  }
}
