package understudy.linux;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The names that {@code passwd} and {@code group} in {@code /etc} give to users and groups, read
 * anew each time. Names that only a directory service knows are not here. Any thread.
 */
public final class AccountNames {
  private static final int LARGEST_BYTES = 16 * 1024 * 1024;
  private static final int NUMBER = 2;

  private final Path etc;

  public AccountNames(Path etc) {
    this.etc = etc;
  }

  /** Those of this machine. */
  public static AccountNames here() {
    return new AccountNames(Path.of("/etc"));
  }

  /** The names of those that have one; of two names of one number the first, as everywhere. */
  public SortedMap<Account, String> of(Collection<Account> wanted) throws IOException {
    var names = new TreeMap<Account, String>();
    read(Account.Kind.USER, "passwd", names);
    read(Account.Kind.GROUP, "group", names);
    names.keySet().retainAll(wanted);
    return names;
  }

  /** Both files have lines of {@code name:password:number:…}. */
  private void read(Account.Kind kind, String file, SortedMap<Account, String> names)
      throws IOException {
    try (var lines =
        new BufferedReader(
            new InputStreamReader(
                new ByteArrayInputStream(bytes(etc.resolve(file))), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String[] words = line.split(":", NUMBER + 2);
        // Comments, and the lines "+::" of NIS, have no number.
        if (words.length > NUMBER && words[NUMBER].matches("[0-9]{1,10}")) {
          long number = Long.parseLong(words[NUMBER]);
          if (number <= Account.HIGHEST) {
            names.putIfAbsent(new Account(kind, number), words[0]);
          }
        }
      }
    }
  }

  private static byte[] bytes(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(LARGEST_BYTES);
      if (bytes.length == LARGEST_BYTES) {
        throw new IOException(file + " is larger than " + LARGEST_BYTES + " bytes");
      }
      return bytes;
    }
  }
}
