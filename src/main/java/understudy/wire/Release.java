package understudy.wire;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.Properties;

/** The release version of this program, such as {@code 0.1.0}: peers compare it. */
public record Release(String version) {
  private static final int LONGEST = 64;

  public Release {
    if (version.isBlank() || version.length() > LONGEST) {
      throw new IllegalArgumentException("a release has 1 to " + LONGEST + " characters");
    }
  }

  /** What this build is. */
  public static Release current() {
    try (InputStream file = Release.class.getResourceAsStream("release.properties")) {
      Properties properties = new Properties();
      properties.load(Objects.requireNonNull(file, "the build lacks release.properties"));
      return new Release(properties.getProperty("release"));
    } catch (IOException unreadable) {
      throw new UncheckedIOException("cannot read release.properties of this build", unreadable);
    }
  }

  @Override
  public String toString() {
    return version;
  }
}
