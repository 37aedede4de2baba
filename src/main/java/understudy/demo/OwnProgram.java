package understudy.demo;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Command lines that run this very program again, in a Java machine of its own. */
final class OwnProgram {
  private static final String MAIN = "understudy.Main";
  private static final List<String> DAEMON_FLAGS =
      List.of(
          "-XX:+UseSerialGC",
          "-XX:-UsePerfData",
          "-Xms16m",
          "-Xmx256m",
          "-XX:NewRatio=3",
          "-XX:MinHeapFreeRatio=5",
          "-XX:MaxHeapFreeRatio=15",
          "-XX:SoftRefLRUPolicyMSPerMB=10",
          "-XX:-ShrinkHeapInSteps",
          "-XX:TrimNativeHeapInterval=10000",
          "-XX:+UseCompactObjectHeaders",
          "-XX:+ExitOnOutOfMemoryError",
          "--enable-native-access=ALL-UNNAMED",
          "-XX:Tier4InvocationThreshold=20000",
          "-XX:Tier4MinInvocationThreshold=2400",
          "-XX:Tier4CompileThreshold=60000",
          "-XX:Tier4BackEdgeThreshold=160000",
          "-XX:InlineSmallCode=1000",
          "-XX:CompileCommand=quiet",
          "-XX:CompileCommand=CompileThresholdScaling,com.sun.crypto.provider.*::*,0.05");
  private static final List<String> COMMAND_FLAGS =
      List.of(
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "-XX:-UsePerfData",
          "-Xlog:disable",
          "--enable-native-access=ALL-UNNAMED");

  private OwnProgram() {}

  /** With the flags of a daemon, in a session of its own: a Ctrl-C is not for it. */
  static List<String> daemon(List<String> words) {
    List<String> command = new ArrayList<>(List.of("setsid"));
    command.addAll(java(DAEMON_FLAGS, "daemon.aot", words));
    return command;
  }

  /** With the flags of a short command. */
  static List<String> command(List<String> words) {
    return java(COMMAND_FLAGS, "command.aot", words);
  }

  /**
   * @param cache of classes that the launcher made beside the program; used when it is there
   */
  private static List<String> java(List<String> flags, String cache, List<String> words) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    Path first = Path.of(System.getProperty("java.class.path").split(":", 2)[0]);
    Path made = first.resolveSibling(cache);
    if (Files.exists(made)) {
      command.add("-XX:AOTCache=" + made);
    }
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), MAIN));
    command.addAll(words);
    return command;
  }
}
