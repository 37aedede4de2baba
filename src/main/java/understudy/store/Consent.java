package understudy.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A person's word that what this machine holds of its own may be replaced by the first copy. */
public final class Consent {
  private Consent() {}

  public static Path file(Path state) {
    return state.resolve("may-replace-data");
  }

  public static void give(Path state) throws IOException {
    Files.write(
        file(state),
        "given when this machine joined: its own data may be replaced, and is kept\n"
            .getBytes(StandardCharsets.UTF_8));
  }

  public static boolean isGiven(Path state) {
    return Files.exists(file(state));
  }
}
