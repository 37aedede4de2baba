package understudy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Command lines of small Java machines of this version, with the class path of the tests. */
public final class ChildJava {
  private ChildJava() {}

  /**
   * Of a main class without arguments.
   *
   * @param options of the Java machine, before those that every one of these gets
   */
  public static List<String> command(Class<?> main, String... options) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(options));
    command.addAll(
        List.of(
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            main.getName()));
    return command;
  }
}
