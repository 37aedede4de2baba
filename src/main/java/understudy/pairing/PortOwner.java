package understudy.pairing;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Who listens on a TCP port of this machine, as far as {@code /proc} lets us see. */
final class PortOwner {
  private static final Path PROC = Path.of("/proc");
  private static final String LISTENING = "0A";
  private static final int MOST_LINES = 100_000;

  private PortOwner() {}

  /** Such as {@code java (process 4711)}; empty when unknown. */
  static Optional<String> of(int port) {
    try {
      Set<String> sockets = new HashSet<>();
      for (String table : List.of("net/tcp", "net/tcp6")) {
        sockets.addAll(listening(PROC.resolve(table), port));
      }
      return sockets.isEmpty() ? Optional.empty() : holder(sockets);
    } catch (IOException unreadable) {
      return Optional.empty();
    }
  }

  private static Set<String> listening(Path table, int port) throws IOException {
    String suffix = String.format(Locale.ROOT, ":%04X", port);
    Set<String> sockets = new HashSet<>();
    try (var lines = Files.lines(table)) {
      lines
          .limit(MOST_LINES)
          .map(line -> line.strip().split("\\s+", -1))
          .filter(fields -> fields.length > 9)
          .filter(fields -> fields[1].endsWith(suffix) && fields[3].equals(LISTENING))
          .forEach(fields -> sockets.add("socket:[" + fields[9] + "]"));
    }
    return sockets;
  }

  private static Optional<String> holder(Set<String> sockets) throws IOException {
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path process : processes) {
        if (holdsAny(process.resolve("fd"), sockets)) {
          String name = Files.readString(process.resolve("comm")).strip();
          return Optional.of(name + " (process " + process.getFileName() + ")");
        }
      }
    }
    return Optional.empty();
  }

  private static boolean holdsAny(Path descriptors, Set<String> sockets) {
    try (DirectoryStream<Path> open = Files.newDirectoryStream(descriptors)) {
      for (Path descriptor : open) {
        if (sockets.contains(Files.readSymbolicLink(descriptor).toString())) {
          return true;
        }
      }
      return false;
    } catch (IOException goneOrForeign) {
      return false;
    }
  }
}
