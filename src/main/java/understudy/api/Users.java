package understudy.api;

import io.avaje.jsonb.JsonType;
import io.avaje.jsonb.Jsonb;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import understudy.wire.DurableFile;
import understudy.wire.ReceivedJson;

/**
 * The people who may sign in, kept in {@code users.json} (mode 0600) of the state directory and
 * read anew at each sign-in, so that a change counts at once. Safe from any thread.
 */
public final class Users {
  private static final int MOST = 1000;
  private static final long LARGEST_FILE_BYTES = 1024 * 1024;
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._@-]{0,63}");
  private static final JsonType<UsersDocument> JSON = Jsonb.instance().type(UsersDocument.class);

  private final Path file;

  public Users(Path state) {
    this.file = file(state);
  }

  public static Path file(Path state) {
    return state.resolve("users.json");
  }

  /** Says what is wrong with a password, when something is. */
  public static Optional<String> fault(char[] password) {
    if (password.length < Passwords.SHORTEST) {
      return Optional.of("a password has at least " + Passwords.SHORTEST + " characters");
    }
    if (password.length > Passwords.LONGEST) {
      return Optional.of("a password has at most " + Passwords.LONGEST + " characters");
    }
    return Optional.empty();
  }

  /** Adds a person, or changes password and access of one that is there. */
  public synchronized void put(String name, Access access, char[] password) throws IOException {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "a user name has 1 to 64 lower-case letters, digits and . _ @ -, not '" + name + "'");
    }
    fault(password)
        .ifPresent(
            fault -> {
              throw new IllegalArgumentException(fault);
            });
    List<UsersDocument.Row> rows = new ArrayList<>(read());
    rows.removeIf(row -> row.name().equals(name));
    if (rows.size() >= MOST) {
      throw new IOException("there are already " + MOST + " users");
    }
    rows.add(
        new UsersDocument.Row(
            name, access.name().toLowerCase(Locale.ROOT), Passwords.hash(password)));
    DurableFile.write(
        file, JSON.toJsonPretty(new UsersDocument(rows)).getBytes(StandardCharsets.UTF_8));
  }

  /** What this person may do, when name and password are right. Takes some ten milliseconds. */
  Optional<Access> check(String name, char[] password) throws IOException {
    Optional<UsersDocument.Row> row =
        read().stream().filter(user -> user.name().equals(name)).findFirst();
    String hash = row.map(UsersDocument.Row::password).orElseGet(() -> Nobody.HASH);
    boolean matches = password.length <= Passwords.LONGEST && Passwords.matches(password, hash);
    return matches
        ? row.map(user -> Access.valueOf(user.access().toUpperCase(Locale.ROOT)))
        : Optional.empty();
  }

  /** Whether anybody can sign in. */
  public boolean isEmpty() throws IOException {
    return read().isEmpty();
  }

  /**
   * Costs a stranger the same time as a real name with a wrong password. Made at the first need:
   * hashing is too slow for the start of the daemon.
   */
  private static final class Nobody {
    static final String HASH = Passwords.hash("nobody's password".toCharArray());
  }

  private List<UsersDocument.Row> read() throws IOException {
    if (!Files.exists(file)) {
      return List.of();
    }
    if (Files.size(file) > LARGEST_FILE_BYTES) {
      throw new IOException(file + " is larger than " + LARGEST_FILE_BYTES + " bytes");
    }
    try {
      return ReceivedJson.read(JSON, Files.readAllBytes(file)).users();
    } catch (IOException damaged) {
      throw new IOException("the list of users in " + file + " is damaged", damaged);
    }
  }
}
