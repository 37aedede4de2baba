package understudy.lease;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import understudy.config.StoreConfig.Login;

/** Who asks a store. Never shows the password. */
record Credentials(String user, String password) {
  private static final int MOST_BYTES = 4096;

  /** Reads the first line of the password's file. */
  static Optional<Credentials> of(Optional<Login> login) throws IOException {
    if (login.isEmpty()) {
      return Optional.empty();
    }
    Path file = login.get().password();
    if (Files.size(file) > MOST_BYTES) {
      throw new IOException(file + " is larger than a password");
    }
    String password = Files.readString(file).lines().findFirst().orElse("");
    return Optional.of(new Credentials(login.get().user(), password));
  }

  @Override
  public String toString() {
    return user;
  }
}
