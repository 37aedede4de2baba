package understudy.demo.lab;

import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.List;

/** Command lines that start the programs of the lab in small Java machines of their own. */
public final class JavaProgram {
  /**
   * TERM ends the process as it would a program in C. Java's own handling waits 300 ms for threads
   * that wait for connections.
   */
  private static final String ENDS_AT_ONCE = "-Xrs";

  private JavaProgram() {}

  /**
   * The service that the demo protects, see {@link NumberedWriter}.
   *
   * @param node the name that it answers with
   * @param directory the protected directory; must exist
   * @param address where it listens; {@code 0.0.0.0} to answer on a shared address too
   */
  public static List<String> numberedWriter(String node, Path directory, String address, int port) {
    return command(
        NumberedWriter.class,
        List.of("-Xmx32m", ENDS_AT_ONCE),
        List.of(node, directory.toString(), address, Integer.toString(port)));
  }

  static List<String> command(Class<?> program, String heap, List<String> arguments) {
    return command(program, List.of(heap), arguments);
  }

  private static List<String> command(
      Class<?> program, List<String> flags, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    command.addAll(
        List.of(
            "-Xss256k",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xshare:auto",
            "--enable-native-access=ALL-UNNAMED",
            "-cp"));
    command.add(locationOf(program));
    command.add(program.getName());
    command.addAll(arguments);
    return List.copyOf(command);
  }

  private static String locationOf(Class<?> program) {
    CodeSource source = program.getProtectionDomain().getCodeSource();
    URL location = source == null ? null : source.getLocation();
    if (location == null) {
      throw new IllegalStateException(program + " was not loaded from a file");
    }
    try {
      return Path.of(location.toURI()).toString();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(location + " is no path", e);
    }
  }
}
