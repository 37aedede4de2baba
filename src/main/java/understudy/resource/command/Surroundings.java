package understudy.resource.command;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import understudy.failover.NodeName;
import understudy.failover.Term;

/**
 * What a command resource needs to know about the node that it runs on.
 *
 * @param cluster the cluster's name
 * @param state the node's state directory; services keep their logs and pipes below it
 */
public record Surroundings(String cluster, NodeName node, Path state) {
  private static final int MARK_BYTES = 8;

  /** Exactly what is configured, a search path if none is, and who asks. */
  Map<String, String> environment(
      Map<String, String> configured, String role, Optional<Term> term) {
    Map<String, String> environment = new HashMap<>();
    environment.put("PATH", String.join(":", Executables.SEARCH_PATH));
    environment.putAll(configured);
    environment.put("UNDERSTUDY_CLUSTER", cluster);
    environment.put("UNDERSTUDY_NODE", node.value());
    environment.put("UNDERSTUDY_ROLE", role);
    term.ifPresent(it -> environment.put("UNDERSTUDY_TERM", it.toString()));
    return environment;
  }

  Path directory(String resource) {
    return state.toAbsolutePath().resolve("services").resolve(fileName(resource));
  }

  /** Tells the processes of a resource from all others on the machine. */
  String mark(String resource) {
    return digest(directory(resource).toString());
  }

  private static String fileName(String resource) {
    String readable = resource.replaceAll("[^A-Za-z0-9_-]", "_");
    return readable.equals(resource) ? resource : readable + "-" + digest(resource);
  }

  static String digest(String text) {
    try {
      byte[] whole =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(whole, 0, MARK_BYTES);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java has SHA-256", impossible);
    }
  }
}
