package understudy.sync.plan;

import java.util.ArrayList;
import java.util.List;

/**
 * Globs relative to the root: {@code ?} is one byte but {@code /}, {@code *} any number of them,
 * {@code **} crosses directories. {@code cache/**} excludes what is in {@code cache} and keeps the
 * directory; {@code **}{@code /x} also matches {@code x} at the root. What matches is not looked
 * at, nor is anything below it.
 */
public final class Exclusions {
  public static final Exclusions NONE = new Exclusions(List.of());

  private final List<byte[]> globs = new ArrayList<>();

  /** Each glob as the UTF-8 bytes of what the operator wrote. */
  public Exclusions(List<byte[]> globs) {
    this.globs.addAll(globs);
  }

  public boolean isEmpty() {
    return globs.isEmpty();
  }

  public boolean excludes(TreePath path) {
    for (byte[] glob : globs) {
      if (matches(glob, 0, path.bytes(), 0)) {
        return true;
      }
    }
    return false;
  }

  private static boolean matches(byte[] glob, int atGlob, byte[] path, int atPath) {
    int g = atGlob;
    int p = atPath;
    while (g < glob.length) {
      if (glob[g] == '*') {
        return star(glob, g, path, p);
      }
      if (p == path.length || (glob[g] == '?' ? path[p] == '/' : glob[g] != path[p])) {
        return false;
      }
      g++;
      p++;
    }
    return p == path.length;
  }

  private static boolean star(byte[] glob, int g, byte[] path, int p) {
    boolean crosses = g + 1 < glob.length && glob[g + 1] == '*';
    int rest = g + (crosses ? 2 : 1);
    if (crosses
        && rest < glob.length
        && glob[rest] == '/'
        && (p == 0 || path[p - 1] == '/')
        && matches(glob, rest + 1, path, p)) {
      return true; // "**/x" also means x right here
    }
    for (int at = p; ; at++) {
      if (matches(glob, rest, path, at)) {
        return true;
      }
      if (at == path.length || (!crosses && path[at] == '/')) {
        return false;
      }
    }
  }
}
