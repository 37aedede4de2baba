package understudy.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** Shapes of names and paths; each method throws {@link IllegalArgumentException} saying why. */
final class Names {
  private static final Pattern PLAIN = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");
  private static final Pattern LABEL = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@:\\[\\]/-]{0,127}");

  private Names() {}

  /** Lower-case letters, digits and inner hyphens: names of clusters and datasets. */
  static String plain(String text) {
    if (!PLAIN.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "'" + text + "' is not a name; use 1 to 63 lower-case letters, digits, inner hyphens");
    }
    return text;
  }

  /** What a resource may be called. */
  static String label(String text) {
    if (!LABEL.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "'" + text + "' is not a name; use up to 128 letters, digits and . _ @ : - /");
    }
    return text;
  }

  /** A path from the root, without {@code ..} tricks. */
  static Path absolute(String text) {
    try {
      Path path = Path.of(text);
      if (!path.isAbsolute()) {
        throw new IllegalArgumentException("'" + text + "' is not absolute; start it with /");
      }
      if (!path.normalize().equals(path)) {
        throw new IllegalArgumentException(
            "'" + text + "' has . or .. in it; write " + path.normalize());
      }
      return path;
    } catch (InvalidPathException broken) {
      throw new IllegalArgumentException(
          "'" + text + "' is not a path: " + broken.getReason(), broken);
    }
  }
}
