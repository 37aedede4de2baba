package understudy.config;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The cluster document as it stands in the file and travels between nodes.
 *
 * @param text the very bytes of the file, as UTF-8 text: comments survive the journey
 * @param config what the text says
 */
public record ClusterDocument(String text, ClusterConfig config) {

  /** SHA-256 of the UTF-8 text, 64 lower-case hex digits; equal on nodes that agree. */
  public String hash() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException everyJdkHasIt) {
      throw new IllegalStateException("this Java lacks SHA-256", everyJdkHasIt);
    }
  }
}
