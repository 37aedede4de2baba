package understudy.sync.plan;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Globs relative to the root: {@code ?} is one byte but {@code /}, {@code *} any number of them,
 * {@code **} crosses directories. {@code cache/**} excludes what is in {@code cache} and keeps the
 * directory; {@code **}{@code /x} also matches {@code x} at the root. What matches is not looked
 * at, nor is anything below it, but for the exceptions: what matches one of these is looked at, and
 * so are the directories that its path names before its first wildcard.
 */
public final class Exclusions {
  public static final Exclusions NONE = new Exclusions(List.of(), List.of());

  private final List<byte[]> globs = new ArrayList<>();
  private final List<byte[]> exceptions = new ArrayList<>();

  /** Each glob as the UTF-8 bytes of what the operator wrote. */
  public Exclusions(List<byte[]> globs, List<byte[]> exceptions) {
    this.globs.addAll(globs);
    this.exceptions.addAll(exceptions);
  }

  public boolean isEmpty() {
    return globs.isEmpty();
  }

  public boolean excludes(TreePath path) {
    byte[] bytes = path.bytes();
    return isNamed(globs, bytes)
        && !isNamed(exceptions, bytes)
        && exceptions.stream().noneMatch(glob -> leadsTo(glob, bytes));
  }

  /** It, or a directory that it lies in: also into what is excluded an exception may lead. */
  private static boolean isNamed(List<byte[]> globs, byte[] path) {
    for (int end = 1; end <= path.length; end++) {
      if (end == path.length || path[end] == '/') {
        byte[] upper = Arrays.copyOf(path, end);
        if (globs.stream().anyMatch(glob -> matches(glob, 0, upper, 0))) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean leadsTo(byte[] glob, byte[] path) {
    int end = path.length;
    return glob.length > end
        && glob[end] == '/'
        && Arrays.equals(glob, 0, end, path, 0, end)
        && isPlain(path);
  }

  private static boolean isPlain(byte[] written) {
    for (byte each : written) {
      if (each == '*' || each == '?') {
        return false;
      }
    }
    return true;
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
