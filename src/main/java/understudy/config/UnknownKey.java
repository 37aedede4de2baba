package understudy.config;

import java.util.List;
import java.util.Set;

/**
 * What to say about a key that does not belong where it stands: a slip, the other file's, a later
 * version's, or simply unknown.
 */
record UnknownKey(String message, String fix) {
  private static final Set<String> NODE_FILE =
      Set.of("node", "listen", "links", "health-listen", "state", "socket");
  private static final Set<String> CLUSTER_FILE =
      Set.of("cluster", "failover", "datasets", "resources");
  private static final Set<String> NOT_YET =
      Set.of(
          "notify",
          "quiet-on-standby",
          "compatibility",
          "backup",
          "synchronous",
          "postgres",
          "mariadb",
          "sqlite",
          "dns",
          "nat",
          "voters",
          "fence");

  static UnknownKey explain(String key, List<String> known) {
    String start = "unknown key '" + key + "'";
    String list = "known here: " + String.join(", ", known);
    if (NOT_YET.contains(key)) {
      return new UnknownKey("'" + key + "' is not supported in this version", "remove it");
    }
    if (known.contains("cluster") && NODE_FILE.contains(key)) {
      return new UnknownKey(start, "it belongs in node.yaml");
    }
    if (known.contains("listen") && CLUSTER_FILE.contains(key)) {
      return new UnknownKey(start, "it belongs in cluster.yaml");
    }
    return Nearest.to(key, known)
        .map(best -> new UnknownKey(start, "did you mean '" + best + "'?"))
        .orElse(new UnknownKey(start, list));
  }
}
